"""A cloud that takes connections and answers nothing: what was read grows old, and a leader says so."""

import signal

from nodes import ADDRESS, TICK, Cluster
from waiting import wait_until


def readings_grow_old(programs):
    with Cluster(programs) as cluster:
        leader = cluster.nodes[cluster.settled()]
        wait_until("the leader has read its address", lambda: leader.status_of("/leader") == 200)
        assert leader.status_of(f"/health/address/{ADDRESS}") == 200
        cluster.cloud.signal(signal.SIGSTOP)

        def age():
            assert leader.status_of("/health/live") == 200, "a cloud that hangs is no reason to restart a node"
            return leader.value("les_address_observation_age_seconds", address=ADDRESS)

        wait_until("/leader is 503", lambda: age() is not None and leader.status_of("/leader") == 503)
        assert age() >= 2 * TICK, "so old is what was read, at least"
        wait_until("the address is not here for sure", lambda: leader.status_of(f"/health/address/{ADDRESS}") == 503 and leader.value("les_address_here", address=ADDRESS) == 0)
        wait_until("what was read grows older", lambda: age() > 5 * TICK)
        assert leader.leads() and all(node.status_of("/health/ready") == 200 for node in cluster.nodes), "who leads is not the cloud's matter"
        cluster.cloud.signal(signal.SIGCONT)
        wait_until("/leader is 200 again", lambda: leader.status_of("/leader") == 200 and age() < 2 * TICK)
        failed = [(labels["outcome"], value) for labels, value in leader.metrics().named("les_provider_calls_total") if labels["operation"] == "observe" and value and labels["outcome"] != "ok"]
        assert all(outcome in ("unreachable", "transient", "maybe_applied") for outcome, _ in failed), failed


def checks(programs):
    return [("the cloud hangs: /leader says so, /health/live does not mind", lambda: readings_grow_old(programs))]
