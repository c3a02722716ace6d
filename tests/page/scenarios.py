"""What happens to a cluster while its page is open, and what the page says of it. In this order: each check begins where the one before it ended."""

import contextlib
import signal
import socket

import accessible
from loopback import ADDRESS
from prefix import Prefixed

OLD, OWN, THIRD = range(3)  # the leader that is killed; the node whose page is open, which succeeds it; the third


class Scenario:
    """A page of the second node of three."""

    def __init__(self, nodes, page):
        self.nodes, self.page = nodes, page

    def name(self, number):
        return self.nodes.name(number)

    def calm(self, leader, order):
        """The page is live and says that this node leads, that all is as it should be there, and that these are the members, in this order."""

        def look(seen):
            rows = [(row[".addr"], row[".role"].startswith("leader"), row[".state"]) for row in seen["members"]]
            there = [(card["h3"], card[".wanted"], card[".observed"], card[".verdict"]) for card in seen["addresses"]]
            where = f"{self.name(leader)} ({leader + 1})"
            right = "right, on this node" if seen["me"].endswith(self.name(leader)) else "where it should be"
            return (
                seen["connection"] == "live"
                and self.name(leader) in seen["leads"]
                and rows == [(self.name(each), each == leader, "ok") for each in order]
                and there == [(ADDRESS, where, where, right)]
            )

        return self.page.comes(f"{self.name(leader)} leads {order} and holds {ADDRESS}", look)

    def opened(self):
        self.page.open(self.nodes.url(OWN))
        seen = self.calm(OLD, [OLD, OWN, THIRD])
        assert (seen["headline"], seen["level"], seen["points"]) == ("All is well", "ok", []), seen
        assert seen["me"] == f"Node {self.name(OWN)}", seen["me"]
        assert [row[".addr"] for row in seen["members"] if row[".self"]] == [self.name(OWN)], seen["members"]
        assert all(row[".evidence"] for row in seen["members"]) and seen["addresses"][0][".why"], seen
        assert seen["title"].startswith("✓ All is well"), seen["title"]
        self.page.comes("it has a time line", lambda seen: seen["events"])
        self.untroubled()

    def untroubled(self):
        """The browser has nothing to complain of: no script that raised, nothing that the policy forbids, nothing that was not found."""
        console = self.page.browser.console()
        assert not console, console

    def everybody(self):
        accessible.judged(self.page, "calm")
        accessible.outlined(self.page)
        accessible.by_keyboard(self.page)

    def leader_killed(self):
        before = len(self.page.seen()["events"])
        self.nodes.nodes[OLD].kill()
        seen = self.calm(OWN, [OWN, THIRD])
        assert self.name(OLD) in "".join(seen["lost"]), seen["lost"]
        seen = self.page.comes("the takeover is in the time line, with its phases", lambda seen: any(each["event"] == "took_over" and "move" in each["phases"] for each in seen["events"]))
        new = seen["events"][: len(seen["events"]) - before]
        assert {"member_lost", "elected", "took_over"} <= {each["event"] for each in new}, new
        (takeover,) = [each for each in new if each["event"] == "took_over"]
        assert takeover["bars"] == 4 and all(phase in takeover["phases"] for phase in ("detect", "elect", "move", "confirm")), takeover
        assert seen["marked"], "the page was loaded again"
        assert any(self.name(OLD) in text and "lost" in text for text in self.page.announced()), self.page.announced()
        self.untroubled()
        accessible.judged(self.page, "leader-killed")

    def paused(self):
        self.nodes.order(OWN, "pause")
        seen = self.page.comes("moves are paused", lambda seen: "Moves are paused" in [seen["headline"], *seen["points"]])
        assert seen["level"] == "warn" and self.name(OWN) in seen["pause"], seen
        self.page.comes("all members know it", lambda seen: "All members know it" in seen["pause"])
        self.page.comes("it is in the time line", lambda seen: "paused" in [each["event"] for each in seen["events"]])
        accessible.judged(self.page, "paused")
        self.nodes.order(OWN, "resume")
        seen = self.page.comes("moves are not paused any more", lambda seen: "Moves are paused" not in [seen["headline"], *seen["points"]])
        assert not seen["pause"] and seen["marked"], seen
        self.untroubled()

    def frozen_and_killed(self):
        self.nodes.nodes[OWN].signal(signal.SIGSTOP)
        seen = self.page.comes("its node is silent", lambda seen: seen["connection"] == "stale" and "silent" in seen["alert"])
        assert "old" in seen["alert"] and seen["title"].startswith("(old)") and seen["told"] == "Not live", seen
        accessible.judged(self.page, "frozen")
        accessible.by_keyboard(self.page)
        self.nodes.nodes[OWN].kill()
        self.page.comes("its node does not answer", lambda seen: seen["connection"] == "stale" and "dropped" in seen["alert"])

    def started_again(self):
        self.nodes.start(OWN)
        seen = self.calm(THIRD, [THIRD, OWN])
        assert seen["told"].startswith("Live again") and not seen["alert"] and seen["marked"], seen
        assert any("Live again" in text for text in self.page.announced()), self.page.announced()
        # The history of this node outlived it.
        self.page.comes("the takeover is still in the time line", lambda seen: "took_over" in [each["event"] for each in seen["events"]])

    def no_place(self):
        self.page.open("about:blank")  # its own stream has no place any more
        with contextlib.ExitStack() as streams:
            while stream := live_stream(self.name(THIRD)):
                streams.enter_context(stream)
            self.page.open(self.nodes.url(THIRD))
            seen = self.page.comes("its node is asked again and again", lambda seen: seen["connection"] == "asking" and seen["members"])
            assert "no place" in seen["alert"] and not seen["title"].startswith("(old)"), seen
            accessible.judged(self.page, "no-place")
            last = seen["addresses"]
            self.page.comes("what it shows is not old", lambda seen: seen["addresses"] != last and seen["connection"] == "asking")
        seen = self.calm(THIRD, [THIRD, OWN])
        assert not seen["alert"], seen

    def behind_a_proxy(self):
        with Prefixed(self.name(THIRD)) as proxy:
            self.page.open(proxy.url)
            self.page.browser.console()  # of the page before, whose node was killed
            self.calm(THIRD, [THIRD, OWN])
            self.page.comes("it has a time line", lambda seen: seen["events"])
            self.untroubled()


def live_stream(node):
    """A stream that takes a place on this node until it is closed; None if there is no place."""
    host, port = node.rsplit(":", 1)
    stream = socket.create_connection((host, int(port)), timeout=10)
    stream.sendall(f"GET /live HTTP/1.1\r\nHost: {node}\r\n\r\n".encode())
    if stream.recv(12).endswith(b" 200"):
        return stream
    stream.close()
    return None


def checks(nodes, page):
    scenario = Scenario(nodes, page)
    steps = {
        "a follower's page says who leads, in which order, and where the address is": scenario.opened,
        "Axe, a phone, the keyboard and a screen reader's tree": scenario.everybody,
        "the leader is killed: the page follows, without a reload": scenario.leader_killed,
        "a pause is shown, and its end": scenario.paused,
        "its own node freezes and is killed: the page says so": scenario.frozen_and_killed,
        "its own node is started again: the page is live again, without a reload": scenario.started_again,
        "all places are taken: the page asks, until there is one": scenario.no_place,
        "it works behind a proxy with a prefix": scenario.behind_a_proxy,
    }
    failed = []
    return [(name, lambda step=step: told(step, nodes, page, failed)) for name, step in steps.items()]


def told(step, nodes, page, failed):
    """Does the step; when it fails, everything there is to know is told, and those after it are not tried: they begin where it ended."""
    assert not failed, "not tried: a check before this one failed"
    try:
        step()
    except Exception as error:
        failed.append(step)
        page.picture("failed")
        error.add_note(f"--- the page\n{page.seen()}\n{page.browser.console()}\n{nodes.story()}")
        raise
