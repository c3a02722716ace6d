"""Droplets of a simulated cloud, all on this machine's loopback: how the cloud and a node are told so. Needs tests/interop on the path, too."""

import os

import wire
from process import Process

ADDRESS = "203.0.113.7"


class Here:
    """This machine, as a host that programs are started on."""

    @staticmethod
    def command(*command):
        return list(command)


def start(address, command, environment=None, kind=Process):
    """A program at an address whose port is one of wire.free_port: it is given up in the same moment."""
    with wire.FORKING:
        wire.release(wire.split_address(address)[1])
        return kind(Here, command, environment or {})


def cloud(program, address, token, droplets):
    """The command of a cloud with one address."""
    return [program, "--listen", address, "--token", token, "--address", ADDRESS, "--droplets", str(droplets)]


def node(les, name, seeds, directory, tick=1):
    """The command of a node that looks after that address."""
    config = os.path.join(directory, "les.toml")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f'[[address]]\nid = "{ADDRESS}"\n')
    host, port = wire.split_address(name)
    return [les, "run", "--config", config, "--bind-interface", host, "--bind-port", str(port), "--advertise-addr", name, "--seeds", ",".join(seeds), "--loop-rate", str(tick)]


def environment(at, number, token, state_dir):
    """What makes it droplet `number` + 1 of the cloud at `at`."""
    os.makedirs(state_dir, exist_ok=True)
    return {
        "DIGITALOCEAN_TOKEN": token,
        "LES_PROVIDER__KIND": "digitalocean",
        "LES_PROVIDER__BASE_URL": f"http://{at}",
        "LES_PROVIDER__METADATA_BASE": f"http://{at}/node/{number + 1}",
        "LES_NODE__STATE_DIR": state_dir,
    }
