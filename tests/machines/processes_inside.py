"""What the kernel says of a process in a machine."""

WANTED = ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp")


def confinement(machine, pid):
    """Its user, and what it may do; capabilities as hexadecimal numbers."""
    lines = [line.split(":", 1) for line in machine.read(f"/proc/{pid}/status").splitlines() if ":" in line]
    values = {name: value.strip() for name, value in lines}
    found = {name: values[name].lstrip("0") or "0" if name.startswith("Cap") else values[name] for name in WANTED}
    return {"user": machine.run("stat", "--format=%U", f"/proc/{pid}").strip(), **found}
