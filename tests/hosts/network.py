"""A network of hosts that can be cut: every host has one link to its peers and another one to the cloud, which is never cut."""

from namespaces import Namespace, remove

NODE_PORT = 4000  # each node in a namespace of its own


class Family:
    """How the addresses of one IP version are written."""

    def __init__(self, peers, cloud, prefix, tables):
        self.peers, self.cloud, self.prefix, self.tables = peers, cloud, prefix, tables
        self.local, self.everywhere = ("::1", "::") if ":" in peers else ("127.0.0.1", "0.0.0.0")

    def bracketed(self, address):
        return f"[{address}]" if ":" in address else address


IPV4 = Family("10.77.0.{}", "10.78.0.{}", 24, "iptables")
IPV6 = Family("fd77::{}", "fd78::{}", 64, "ip6tables")
CLOUD_HOST = 99


class Network:
    """`size` hosts, numbered from 0, and a hub with the two bridges, where the cloud is. All of it is gone when the `with` block ends."""

    def __init__(self, label, size, family):
        self.label, self.size, self.family = label, size, family
        self.hub, self.hosts, self._made = None, [], []

    def __enter__(self):
        try:
            self.hub = self._make("hub")
            cloud = self.family.cloud.format(CLOUD_HOST)
            self.hub.ip(
                "link add peers type bridge",
                "link add cloud type bridge",
                f"address add {cloud}/{self.family.prefix} dev cloud{self._at_once()}",
                "link set peers up",
                "link set cloud up",
            )
            for number in range(self.size):
                self.hosts.append(self._make(f"n{number + 1}"))
                self._connect(number, "peers", self.family.peers)
                self._connect(number, "cloud", self.family.cloud)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        while self._made:
            remove(self._made.pop().name)

    def _make(self, role):
        namespace = Namespace(f"{self.label}-{role}")
        self._made.append(namespace)
        return namespace

    def _at_once(self):
        return " nodad" if self.family is IPV6 else ""  # no waiting for duplicates of an address that is ours alone

    def _connect(self, number, bridge, addresses):
        host, port = self.hosts[number], f"{bridge}{number + 1}"
        self.hub.ip(
            f"link add {port} type veth peer name {bridge} netns {host.name}",
            f"link set {port} master {bridge} up",
        )
        host.ip(
            f"address add {addresses.format(number + 1)}/{self.family.prefix} dev {bridge}{self._at_once()}",
            f"link set {bridge} up",
        )

    def peer_address(self, number):
        return self.family.peers.format(number + 1)

    def cloud_address(self):
        return self.family.cloud.format(CLOUD_HOST)

    def cut(self, some, others):
        """Every packet between the two groups vanishes, as if a cable were pulled further away."""
        for one in some:
            self._block(one, others, "-j DROP")
        for other in others:
            self._block(other, some, "-j DROP")

    def refuse(self, some, others):
        """A firewall between the two groups answers every attempt to connect with a reset, as a host without that program would."""
        for host, senders in [*((one, others) for one in some), *((other, some) for other in others)]:
            self._block(host, senders, "-p tcp --syn -j REJECT --reject-with tcp-reset")

    def cut_connections(self, some, to):
        """What these say on connections that they opened to the others is lost, and they can open no more; the others can to them."""
        for other in to:
            self._block(other, some, f"-p tcp --dport {NODE_PORT} -j DROP")

    def cut_new_connections(self, some, to):
        """These can open no connection to the others, and the others can to them; what is open goes on: a firewall's mistake."""
        for other in to:
            self._block(other, some, "-p tcp --syn -j DROP")

    def cut_one_way(self, some, to):
        """No packet of these arrives at the others; theirs do."""
        for other in to:
            self._block(other, some, "-j DROP")

    def reset(self, some, others):
        """A firewall between the two groups answers every packet with a reset: what is open breaks, and nothing can be opened.
        It lets resets through, its fellow's on the other side too."""
        for host, senders in [*((one, others) for one in some), *((other, some) for other in others)]:
            self._block(host, senders, "-p tcp ! --tcp-flags RST RST -j REJECT --reject-with tcp-reset")

    def swallow(self, number):
        """Nothing that this host sends arrives anywhere, and it receives nothing, as if its power were gone."""
        self._rules(number, ["-A INPUT ! -i lo -j DROP", "-A OUTPUT ! -o lo -j DROP"])

    def cut_from_cloud(self, number):
        """This host and the cloud do not reach each other; its peers and it do."""
        self._rules(number, ["-A INPUT -i cloud -j DROP", "-A OUTPUT -o cloud -j DROP"])

    def lose(self, share):
        """Every host loses this share of the packets that its peers send to it, at random."""
        for number in range(self.size):
            self._rules(number, [f"-A INPUT -i peers -m statistic --mode random --probability {share} -j DROP"])

    def heal(self):
        for host in self.hosts:
            host.run(f"{self.family.tables}-restore", "--noflush", stdin="*filter\n-F INPUT\n-F OUTPUT\nCOMMIT\n")

    def _block(self, host, senders, how):
        """What this host receives from these."""
        self._rules(host, [f"-A INPUT -s {self.peer_address(sender)} {how}" for sender in senders])

    def _rules(self, host, rules):
        """Adds them, all at the same moment."""
        self.hosts[host].run(f"{self.family.tables}-restore", "--noflush", stdin="\n".join(["*filter", *rules, "COMMIT", ""]))
