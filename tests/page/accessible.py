"""Whether everybody can use what the page shows: rules of Axe, both schemes of colours, a phone's width, the keyboard."""

import os

from browser import DARK, ENTER, LIGHT, SPACE, TAB

AXE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "node_modules", "axe-core", "axe.min.js")
WIDE, PHONE = (1200, 900, False), (360, 740, True)
RUN_AXE = """
  const done = arguments[arguments.length - 1];
  axe.run(document, { resultTypes: ["violations"] }).then(
    ({ violations, passes }) => done({ passed: passes.length, violations: violations.map(({ id, help, nodes }) => [id, help, nodes.map((node) => [node.html, node.failureSummary])]) }),
    (error) => done({ passed: 0, violations: [String(error)] }),
  );
"""
# No transition is waited for: colours are judged when they have come.
STILL = "document.getAnimations().forEach((animation) => animation.finish());"
FOCUSED = "const at = document.activeElement; return at === document.body ? null : at.id || at.getAttribute('href') || at.outerHTML;"
INTERACTIVE = """
  return [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
    .filter((element) => element.checkVisibility()).map((element) => element.id || element.getAttribute("href"));
"""
FROM_THE_START = "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex');"
RING = "const style = getComputedStyle(document.activeElement); return [style.outlineStyle, parseFloat(style.outlineWidth)];"


def judged(page, name):
    """Axe finds nothing and nothing is wider than the window: light and dark, wide and on a phone."""
    browser = page.browser
    with open(AXE, encoding="utf-8") as file:
        axe = file.read()
    for width, height, mobile in (WIDE, PHONE):
        for scheme in (LIGHT, DARK):
            browser.size(width, height, mobile)
            browser.scheme(scheme)
            assert browser.run(f"return matchMedia('(prefers-color-scheme: {scheme})').matches"), f"no scheme {scheme}"
            browser.run(STILL)
            browser.run(f"if (!window.axe) {{ {axe}; window.axe = axe; }}")
            found = browser.run_async(RUN_AXE)
            assert not found["violations"], f"{name}, {scheme}, {width} wide: {found['violations']}"
            assert found["passed"] > 15, f"Axe looked at nothing: {found}"
            inside, window = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
            assert inside <= width == window, f"{name}: {inside} px are shown in a window of {window}"
            page.picture(f"{name}-{width}-{scheme}")
    browser.size(*WIDE)
    browser.scheme(LIGHT)


def by_keyboard(page):
    """Tab reaches the skip link first, then everything that can be used, each with a ring; Enter and Space use it."""
    browser = page.browser
    wanted = browser.run(INTERACTIVE)
    reached = []
    browser.run(FROM_THE_START)
    for _ in wanted:
        browser.press(TAB)
        reached.append(browser.run(FOCUSED))
        style, width = browser.run(RING)
        assert style != "none" and width >= 2, f"{reached[-1]} has the focus and does not show it"
    assert reached == wanted and wanted[0] == "#main", f"Tab reached {reached}; there are {wanted}"
    browser.run("document.querySelector('.skip').focus()")
    browser.press(ENTER)
    assert browser.run(FOCUSED) == "main", "the skip link skips nothing"
    browser.press(TAB)
    assert browser.run(FOCUSED) == wanted[1], f"after the skip link Tab reached {browser.run(FOCUSED)}, not {wanted[1]}"
    browser.run("document.getElementById('routine').focus()")
    less = len(page.seen()["events"])
    browser.press(SPACE)
    page.comes("routine events are shown too", lambda seen: len(seen["events"]) > less)
    browser.press(SPACE)
    page.comes("routine events are gone again", lambda seen: len(seen["events"]) == less)


def outlined(page):
    """A screen reader has landmarks, one heading of the first level, the verdict as a heading, a table with named columns."""
    told = page.browser.outline()
    roles = [role for role, _ in told]
    for role in ("banner", "main", "contentinfo", "navigation"):
        assert roles.count(role) == 1, f"{roles.count(role)} x {role}: {told}"
    assert ("heading", page.seen()["headline"]) in told, told
    assert ("table", "The most senior first: who leads next when the leader is gone") in told, told
    columns = [name for role, name in told if role == "columnheader"]
    assert columns[:3] == ["No.", "Member", "Role"], columns
    assert roles.count("rowheader") == len(page.seen()["members"]), told
    levels = page.browser.run("return [...document.querySelectorAll('h1, h2, h3, h4')].filter((h) => h.checkVisibility()).map((h) => Number(h.tagName[1]))")
    steps = [later - earlier for earlier, later in zip(levels, levels[1:])]
    assert levels.count(1) == 1 and levels[0] == 1 and max(steps) <= 1, f"levels of headings: {levels}"
