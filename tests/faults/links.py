"""What happens to the network: cut, refused, lossy, slow, and a proxy that closes what it forwards."""

from clusters import ProxiedCluster
from row import NONE, ONE, Row

DARK = 10  # seconds; two that are left of five, or one of three, doubt themselves for 5 s
BLINK = 0.3  # seconds; less than the silence that counts
WHILE = 15  # seconds; more than any node doubts itself
SOME = 20  # seconds


def swallowed(*nodes, heirs):
    """The network swallows whatever these send and receive, the cloud's answers too; later they are back."""

    def does(trial):
        trial.done(f"DROP of {list(nodes)}")
        trial.gone.update(nodes)
        for node in nodes:
            trial.cluster.network.swallow(node)
        trial.moves_to(*heirs)
        trial.until(DARK)
        heal(trial, nodes)

    return does


def heal(trial, back=()):
    trial.done("healed")
    trial.cluster.network.heal()
    trial.gone.difference_update(back)


def others(trial):
    return list(range(1, trial.cluster.size))


def reset_for_a_moment(trial):
    """What was open breaks, and nothing can be opened. No process is dead, and a firewall's reset proves nothing."""
    trial.done("REJECT with reset around the leader")
    trial.cluster.network.reset([0], others(trial))
    trial.nothing_moves(BLINK)
    heal(trial)


def reset_between_two(trial):
    """The leader and one follower; the others hear both, so it stays."""
    trial.done("REJECT with reset between the leader and the successor")
    trial.cluster.network.reset([0], [1])
    trial.nothing_moves(WHILE)
    heal(trial)


def mute_leader(trial):
    """To everybody else it is silent; it hears them."""
    trial.done("nothing from the leader arrives")
    trial.cluster.network.cut_one_way([0], to=others(trial))
    trial.gone.add(0)
    trial.moves_to(*others(trial))
    trial.until(WHILE)
    heal(trial, [0])


def deaf_leader(trial):
    trial.done("nothing arrives at the leader")
    trial.cluster.network.cut_one_way(others(trial), to=[0])
    trial.gone.add(0)
    trial.moves_to(*others(trial))
    trial.until(WHILE)
    heal(trial, [0])


def one_way(sender, receiver):
    """Between two of several: a third one hears both."""

    def does(trial):
        trial.done(f"nothing from {sender} arrives at {receiver}")
        trial.cluster.network.cut_one_way([sender], to=[receiver])
        trial.nothing_moves(WHILE)
        heal(trial)

    return does


def lossy(share, seconds):
    def does(trial):
        trial.done(f"loss of {share:.0%}")
        trial.cluster.network.lose(share)
        trial.nothing_moves(seconds)
        heal(trial)

    return does


def lossy_kill(trial):
    """A loss must not keep a dead leader alive either."""
    trial.cluster.network.lose(0.05)
    trial.nothing_moves(5)
    trial.kill(0)
    trial.moves_to(*others(trial))
    heal(trial)


def closing_proxy(reset):
    def does(trial):
        trial.done("the proxy closes what is older than 0.1 to 0.5 s")
        trial.cluster.tell_proxy(lifetime=[0.1, 0.5], reset=reset)
        trial.nothing_moves(SOME)
        trial.cluster.tell_proxy()

    return does


def slow_proxy(trial):
    """Slow is not dead; and dead is found out behind a slow proxy too, which accepts whatever the node behind it would refuse."""
    trial.cluster.tell_proxy(delay=0.2, jitter=0.05)
    trial.nothing_moves(SOME)
    trial.kill(0)
    trial.moves_to(1)


MINUTES = 180  # seconds

ROWS = [
    Row("black-hole", f"DROP of the leader's packets for {DARK} s", ONE, swallowed(0, heirs=[1]), quick=(3,), fast=(3,)),
    Row("black-hole-two", f"DROP of leader's and successor's packets for {DARK} s", ONE, swallowed(0, 1, heirs=[2]), nodes=(3, 5), quick=(3,)),
    Row("reject", f"REJECT with reset around the leader for {BLINK} s", NONE, reset_for_a_moment, quick=(2, 3), quick_profile="wan"),
    Row("reject-one", f"REJECT with reset between leader and successor for {WHILE} s", NONE, reset_between_two, nodes=(3, 5), quick=(3,)),
    Row("mute", f"nothing from the leader arrives for {WHILE} s", ONE, mute_leader, quick=(3,)),
    Row("deaf", f"nothing arrives at the leader for {WHILE} s", ONE, deaf_leader, quick=(3,)),
    Row("one-way-to", f"nothing from the leader arrives at the successor for {WHILE} s", NONE, one_way(0, 1), nodes=(3, 5), quick=(3,)),
    Row("one-way-from", f"nothing from the successor arrives at the leader for {WHILE} s", NONE, one_way(1, 0), nodes=(3, 5)),
    Row("one-way-followers", f"nothing from the successor arrives at the third for {WHILE} s", NONE, one_way(1, 2), nodes=(3, 5)),
    Row("loss-1", f"1 % loss for {MINUTES} s", NONE, lossy(0.01, MINUTES), nodes=(3,)),
    Row("loss-5", f"5 % loss for {MINUTES} s", NONE, lossy(0.05, MINUTES), fast=(3,)),
    Row("loss-10", f"10 % loss for {MINUTES} s", NONE, lossy(0.10, MINUTES)),
    Row("loss-30s", "10 % loss for 30 s", NONE, lossy(0.10, 30), nodes=(3,), quick=(3,), quick_profile="wan"),
    Row("loss-kill", "SIGKILL of the leader under 5 % loss", ONE, lossy_kill, quick=(3,)),
    Row("proxy-closes", f"a proxy closes every stream within 0.5 s, for {SOME} s", NONE, closing_proxy(reset=False), quick=(3,), quick_profile="wan", cluster=ProxiedCluster),
    Row("proxy-resets", f"a proxy resets every stream within 0.5 s, for {SOME} s", NONE, closing_proxy(reset=True), quick=(3,), quick_profile="wan", cluster=ProxiedCluster),
    Row("delay", f"delay of 200 ms each way with jitter for {SOME} s, then SIGKILL of the leader", ONE, slow_proxy, quick=(3,), cluster=ProxiedCluster),
]
