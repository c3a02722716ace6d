"""Keystone and Neutron as they are released, each in a process of its own: SQLite, no agents, no message bus."""

import base64
import os
import socket
import sys
import traceback
import warnings

# Both still import eventlet, which says at length that it will be replaced.
warnings.simplefilter("ignore")

REGION = "RegionOne"
# Only this machine can reach these services, and only while a test runs.
ADMIN_PASSWORD = "admin-of-the-test"

KEYSTONE = """\
[DEFAULT]
log_file = {folder}/keystone.log
[database]
connection = sqlite:///{folder}/keystone.db
[fernet_tokens]
key_repository = {folder}/fernet
# Nobody gets a receipt here, but Keystone does not start without the keys for them; its default is a directory of the machine.
[fernet_receipts]
key_repository = {folder}/fernet
# A revoked token is refused at once, and not after five minutes.
[token]
caching = false
[catalog]
caching = false
# Quick, not strong: the secrets are a test's.
[identity]
password_hash_rounds = 4
"""

NEUTRON = """\
[DEFAULT]
log_file = {folder}/neutron.log
api_paste_config = {prefix}/etc/neutron/api-paste.ini
core_plugin = ml2
service_plugins = router
transport_url = fake://
notify_nova_on_port_status_changes = false
notify_nova_on_port_data_changes = false
state_path = {folder}
[oslo_concurrency]
lock_path = {folder}
[database]
connection = sqlite:///{folder}/neutron.db
[ml2]
type_drivers = local
tenant_network_types = local
mechanism_drivers =
[keystone_authtoken]
service_type = network
auth_type = password
auth_url = {auth_url}
username = admin
password = {password}
project_name = admin
user_domain_id = default
project_domain_id = default
# No cache, for the same reason.
token_cache_time = -1
"""


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def serve(application, listener):
    """Answers for as long as the process lives. One thread: SQLite has one writer."""
    import waitress

    waitress.serve(application, sockets=[listener], threads=1, _quiet=True)


def replace_keys(folder):
    """New keys for tokens: nobody can read the old tokens any more. Keystone reads the keys for every token."""
    for number in ["0", "1"]:
        write(os.path.join(folder, "fernet"), number, base64.urlsafe_b64encode(os.urandom(32)).decode())


def keystone(folder, listener, auth_url, network_url):
    os.mkdir(os.path.join(folder, "fernet"), 0o700)
    replace_keys(folder)
    config = write(folder, "keystone.conf", KEYSTONE.format(folder=folder))
    os.environ["OS_KEYSTONE_CONFIG_FILES"] = config
    from keystone.server import wsgi

    application = wsgi.initialize_public_application()
    from keystone.cmd import bootstrap
    from keystone.common.sql import upgrades

    upgrades.offline_sync_database_to_version()
    # The application has loaded them, and nothing may be loaded twice.
    bootstrap.backends.load_backends = dict
    strap = bootstrap.Bootstrapper()
    strap.admin_username, strap.admin_password = "admin", ADMIN_PASSWORD
    strap.project_name, strap.admin_role_name = "admin", "admin"
    strap.service_name, strap.region_id = "keystone", REGION
    strap.public_url = strap.internal_url = strap.admin_url = auth_url
    strap.bootstrap()
    serve(application, listener)


def neutron(folder, listener, auth_url, network_url):
    text = NEUTRON.format(folder=folder, prefix=sys.prefix, auth_url=auth_url, password=ADMIN_PASSWORD)
    os.environ["OS_NEUTRON_CONFIG_DIR"] = folder
    os.environ["OS_NEUTRON_CONFIG_FILES"] = os.path.basename(write(folder, "neutron.conf", text))
    from neutron_lib.db import api, model_base
    from neutron import server
    from neutron.db.migration.models import head  # noqa: F401: every table

    def boot():
        # The migrations are MySQL's and PostgreSQL's; the models are what they lead to.
        model_base.BASEV2.metadata.create_all(api.get_writer_session().get_bind())
        from neutron.server import api as api_server

        return api_server.api_server()

    sys.argv = sys.argv[:1]
    serve(server.boot_server(boot), listener)


def start(service, folder, listener, auth_url, network_url):
    """Runs a service in a child process; returns its id."""
    child = os.fork()
    if child:
        return child
    try:
        # Standard output is the parent's.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        service(folder, listener, auth_url, network_url)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def listener():
    opened = socket.create_server(("127.0.0.1", 0))
    return opened, opened.getsockname()[1]
