"""The page as a person has it: what it shows, and whether it is still the one that was opened."""

import json
import os

from waiting import wait_until

SEEN = """
  const shown = (element) => element?.checkVisibility();
  const text = (root, selector) => [root.querySelector(selector)].filter(shown).map((element) => element.innerText.trim()).join();
  const each = (selector, read) => [...document.querySelectorAll(selector)].filter(shown).map(read);
  return {
    title: document.title,
    connection: document.body.dataset.connection,
    told: text(document, "#connection"),
    alert: text(document, "#alert"),
    me: text(document, "#me"),
    level: document.querySelector("#verdict")?.dataset.level,
    headline: text(document, "#headline"),
    points: each("#points li", (item) => item.innerText),
    leads: text(document, "#leads"),
    pause: each("#pause", (part) => part.innerText).join(),
    addresses: each("#addresses > *", (card) => Object.fromEntries(["h3", ".verdict", ".wanted", ".observed", ".read", ".why"].map((name) => [name, text(card, name)]))),
    members: each("#members > tr", (row) => Object.fromEntries([".addr", ".role", ".state", ".evidence", ".self"].map((name) => [name, text(row, name)]))),
    lost: each("#lost > li", (item) => item.innerText),
    events: each("#events > li", (item) => ({ event: item.dataset.event, text: text(item, ".text"), phases: text(item, ".numbers"), bars: item.querySelectorAll(".bar span").length })),
    marked: window.markedByTest === true,
  };
"""

# What assistive technology reads out: the texts that live regions come to have, in order.
LISTEN = """
  window.markedByTest = true;
  window.announced = [];
  for (const region of document.querySelectorAll("[aria-live], [role=alert], [role=status]")) {
    new MutationObserver(() => region.innerText.trim() && window.announced.push(region.innerText.trim()))
      .observe(region, { childList: true, characterData: true, subtree: true });
  }
"""


class Page:
    """What is open in the browser."""

    def __init__(self, browser, pictures=None):
        self.browser, self.pictures = browser, pictures

    def open(self, url):
        """Opens it and marks it: a page that is loaded again has no mark."""
        self.browser.open(url)
        self.browser.run(LISTEN)

    def seen(self):
        return self.browser.run(SEEN)

    def comes(self, what, predicate):
        """Waits until the page shows it, and returns what it shows."""
        latest = {}

        def look():
            latest.update(self.seen())
            return predicate(latest)

        wait_until(lambda: f"the page shows that {what}; it shows\n{json.dumps(latest, indent=1, ensure_ascii=False)}", look)
        return latest

    def announced(self):
        return self.browser.run("return window.announced")

    def picture(self, name):
        """Keeps a picture, if somebody wants pictures."""
        if self.pictures:
            os.makedirs(self.pictures, exist_ok=True)
            self.browser.picture(os.path.join(self.pictures, f"{name}.png"))
