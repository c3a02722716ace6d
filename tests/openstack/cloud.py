"""What an operator has in an OpenStack project before `les` comes: networks, ports, a floating IP and credentials, made by the API."""

import requests

from services import ADMIN_PASSWORD, REGION

# Seconds for one request; SQLite on a busy machine.
PATIENCE = 60


def access_rules(*floating_ips):
    """What the preset's page recommends, word for word: the one address may be moved, and nothing else."""
    reads = ["/v2.0/floatingips", "/v2.0/floatingips/*", "/v2.0/ports"]
    rules = [{"service": "network", "method": "GET", "path": path} for path in reads]
    writes = [f"/v2.0/floatingips/{one['id']}" for one in floating_ips]
    return rules + [{"service": "network", "method": "PUT", "path": path} for path in writes]


SERVERS = {
    "me": "0a1c2e3f-0000-4000-8000-00000000000a",
    "other": "0a1c2e3f-0000-4000-8000-00000000000b",
}


class Cloud:
    def __init__(self, auth_url, network_url):
        self.auth_url, self.network_url = auth_url, network_url
        self.session = requests.Session()
        self.renew()

    def renew(self):
        """A token for the administrator."""
        self.session.headers["X-Auth-Token"] = self.log_in("admin", ADMIN_PASSWORD, "admin")

    def log_in(self, user, password, project):
        domain = {"id": "default"}
        identity = {"methods": ["password"], "password": {"user": {"name": user, "password": password, "domain": domain}}}
        scope = {"project": {"name": project, "domain": domain}}
        asked = {"auth": {"identity": identity, "scope": scope}}
        answer = requests.post(f"{self.auth_url}/auth/tokens", json=asked, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.headers["X-Subject-Token"]

    def ask(self, method, url, body=None, token=None):
        headers = {"X-Auth-Token": token} if token else {}
        answer = self.session.request(method, url, json=body, headers=headers, timeout=PATIENCE)
        if not answer.ok:
            raise SystemExit(f"{method} {url}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def identity(self, kind, token=None, under="", **fields):
        url = f"{self.auth_url}{under}/{kind}s"
        return self.ask("POST", url, {kind: fields}, token)[kind]

    def network(self, kind, token=None, **fields):
        return self.ask("POST", f"{self.network_url}/v2.0/{kind}s", {kind: fields}, token)[kind]

    def publish_network(self):
        """Neutron's place in the catalogue."""
        service = self.identity("service", type="network", name="neutron")
        for interface in ["public", "internal"]:
            url = self.network_url if interface == "public" else "http://internal.invalid"
            self.identity("endpoint", service_id=service["id"], interface=interface, url=url, region_id=REGION)

    def make_user(self):
        """A project with one ordinary member, who may only what members may."""
        project = self.identity("project", name="web", domain_id="default")
        user = self.identity("user", name="les", password="of-les", domain_id="default")
        roles = self.ask("GET", f"{self.auth_url}/roles?name=member")["roles"]
        self.ask("PUT", f"{self.auth_url}/projects/{project['id']}/users/{user['id']}/roles/{roles[0]['id']}")
        return project, user

    def make_networks(self, project):
        """The floating IP, and a port for each of two servers behind one router."""
        owner = {"project_id": project["id"]}
        outside = self.network("network", name="outside", **{"router:external": True})
        self.network("subnet", network_id=outside["id"], cidr="203.0.113.0/24", ip_version=4, enable_dhcp=False)
        inside = self.network("network", name="inside", **owner)
        subnet = self.network("subnet", network_id=inside["id"], cidr="10.0.0.0/24", ip_version=4, **owner)
        gateway = {"network_id": outside["id"]}
        router = self.network("router", name="edge", external_gateway_info=gateway, **owner)
        url = f"{self.network_url}/v2.0/routers/{router['id']}/add_router_interface"
        self.ask("PUT", url, {"subnet_id": subnet["id"]})
        made = {"network": inside["id"]}
        for name, server in SERVERS.items():
            port = self.network("port", network_id=inside["id"], device_id=server, device_owner="compute:nova", **owner)
            self.ask("PUT", f"{self.network_url}/v2.0/ports/{port['id']}/tags/les")
            made[name] = {"server": server, "port": port["id"], "ip": port["fixed_ips"][0]["ip_address"]}
        fixed = [{"subnet_id": subnet["id"]}, {"subnet_id": subnet["id"]}]
        port = self.network("port", network_id=inside["id"], fixed_ips=fixed, **owner)
        made["two_addresses"] = {"port": port["id"], "addresses": [one["ip_address"] for one in port["fixed_ips"]]}
        for name in ["floating_ip", "another"]:
            made[name] = self.network("floatingip", floating_network_id=outside["id"], **owner)
        return made

    def make_credentials(self, user, networks):
        """Application credentials: as the preset's page recommends, without the right to write, and one to be deleted."""
        token = self.log_in("les", "of-les", "web")
        under = f"/users/{user['id']}"
        full = access_rules(networks["floating_ip"], networks["another"])
        rules_of = {"application_credential": full, "read_only_credential": access_rules(), "doomed_credential": full}
        made = {}
        for name, rules in rules_of.items():
            fields = {"name": name, "access_rules": rules, "unrestricted": False}
            url = f"{self.auth_url}{under}/application_credentials"
            made[name] = self.ask("POST", url, {"application_credential": fields}, token)["application_credential"]
        return made

    def make(self):
        """Everything; returns what a test has to know, and keeps it."""
        self.publish_network()
        project, user = self.make_user()
        made = self.make_networks(project)
        made.update(self.make_credentials(user, made))
        made.update(auth_url=self.auth_url, network_url=self.network_url, region=REGION)
        made.update(project_id=project["id"], user={"id": user["id"], "name": "les", "password": "of-les"})
        self.made = made
        return made

    def holder(self):
        """The port that has the floating IP, as an administrator sees it."""
        return self.floating_ip("GET", None)["port_id"]

    def give(self, port):
        """Moves the floating IP by hand; `None`: to nobody."""
        self.floating_ip("PUT", {"floatingip": {"port_id": port}})

    def floating_ip(self, method, body):
        url = f"{self.network_url}/v2.0/floatingips/{self.made['floating_ip']['id']}"
        return self.ask(method, url, body)["floatingip"]

    def delete_credential(self, name):
        user, credential = self.made["user"]["id"], self.made[name]["id"]
        self.ask("DELETE", f"{self.auth_url}/users/{user}/application_credentials/{credential}")
