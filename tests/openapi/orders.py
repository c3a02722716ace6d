"""Orders as an operator gives them, one after the other; each answer is as described."""

import json

from by_hand import asked, expected, fits
from loopback import ADDRESS
from nodes import TOKEN
from waiting import wait_until

AUTHORIZED = ("Authorization", f"Bearer {TOKEN}")


class Operator:
    """Whoever has the token."""

    def __init__(self, description, nodes):
        self.description, self.names = description, nodes.names

    def order(self, name, path, body, *statuses):
        encoded = b"" if body is None else json.dumps(body).encode()
        answer = asked(name, "POST", path, [AUTHORIZED], encoded)
        fits(self.description, path, "post", answer, f"POST {path} {body}")
        expected(answer.status in statuses, f"POST {path} {body} is none of {statuses}", answer)
        return json.loads(answer.body)

    def look(self):
        """What everybody says meanwhile is as described too."""
        for name in self.names:
            for path, schema in {"/status": "Status", "/diag": "Diag", "/state": "State", "/events?limit=1000": "Events", f"/why/{ADDRESS}": "Why"}.items():
                self.description.demand(schema, json.loads(asked(name, "GET", path).body), f"{name}{path}")

    def is_at(self, name):
        wait_until(f"{ADDRESS} is at {name}", lambda: asked(name, "GET", f"/health/address/{ADDRESS}").status == 200)
        wait_until(f"{name} leads and holds it", lambda: asked(name, "GET", "/leader").status == 200)

    def handover_ends(self, name):
        path = "/admin/handoff"
        wait_until("the hand-over is done", lambda: asked(name, "GET", path, [AUTHORIZED]).status == 200)
        answer = asked(name, "GET", path, [AUTHORIZED])
        fits(self.description, path, "get", answer, f"GET {path}")


def moves_by_hand(operator):
    leader, follower, _ = operator.names
    address = {"address": ADDRESS}
    operator.is_at(leader)
    for path in ("/admin/provider/assign", "/admin/provider/release"):
        assert operator.order(follower, path, address, 409)["code"] == "not_paused"
        assert operator.order(follower, path, {"address": "203.0.113.8"}, 404)["code"] == "unknown_address"
        assert not operator.order(follower, path, {**address, "dry_run": True}, 200)["done"]
        for wrong in (None, {}, {**address, "more": 1}, {"address": 7}, []):
            operator.order(follower, path, wrong, 400)
    paused = operator.order(leader, "/admin/pause", None, 200)
    assert sorted(paused["aware"]) == sorted(operator.names) and paused["by"] == leader and paused["kept"], paused
    assert operator.order(leader, "/admin/handoff", {}, 409)["code"] == "paused"
    operator.look()
    assert operator.order(follower, "/admin/provider/assign", address, 200)["after"] == "2"
    operator.look()
    assert operator.order(follower, "/admin/provider/release", address, 200)["after"] is None
    operator.look()
    resumed = operator.order(follower, "/admin/resume", None, 200)
    assert not resumed["paused"] and resumed["by"] is None and resumed["since"] is None, resumed
    operator.is_at(leader)
    operator.look()


def leads_change(operator):
    first, second, _ = operator.names
    operator.is_at(first)
    refused = operator.order(second, "/admin/handoff", None, 409)
    assert refused["leader"] == first, refused
    for wrong in ({"to": 7}, {"to": "nowhere"}, {"more": 1}, []):
        operator.order(first, "/admin/handoff", wrong, 400)
    operator.order(first, "/admin/handoff", {"to": second}, 200, 202)
    operator.handover_ends(first)
    operator.is_at(second)
    operator.look()
    drained = operator.order(second, "/admin/drain", {"force": False}, 200, 202)
    assert drained["drained"] and drained["kept"], drained
    operator.handover_ends(second)
    operator.look()
    assert not operator.order(second, "/admin/undrain", None, 200)["drained"]


def logs_change(operator):
    name = operator.names[0]
    before = json.loads(asked(name, "GET", "/admin/log-level", [AUTHORIZED]).body)["filter"]
    assert operator.order(name, "/admin/log-level", {"filter": "debug"}, 200)["filter"] == "debug"
    assert operator.order(name, "/admin/log-level", {"filter": "les=nothing"}, 400)["code"] == "bad_request"
    asked_for_too_much = {"filter": "x" * 5000}
    answer = asked(name, "POST", "/admin/log-level", [AUTHORIZED], json.dumps(asked_for_too_much).encode())
    fits(operator.description, "/admin/log-level", "post", answer, "a body of 5 KiB")
    expected(answer.status == 413, "a body of 5 KiB", answer)
    assert operator.order(name, "/admin/log-level", None, 200)["filter"] == before


def checks(description, nodes):
    operator = Operator(description, nodes)
    each = {"moves by hand": moves_by_hand, "leads change": leads_change, "logs change": logs_change}
    return [(f"orders: {name}", lambda check=check: check(operator)) for name, check in each.items()]
