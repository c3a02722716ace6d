"""Who follows a page: types what it says, in its order, and holds what comes against what it shows."""

import os
import re

import commands
import compare
from cluster import Programs
from machine import Machine
from shell import Shell
from stage import STAGES
from waiting import wait_until

# These only look. A reader who does not see it yet looks again.
LOOKS = re.compile(r"^(\w+=\S+ )*(les (status|why|events|health|check|preset list|provider observe)|curl (?!.*(-X|--request|--data|-d) )|cat |grep |journalctl )")

class Wrong(AssertionError):
    """The page says what is not so."""


class Reader:
    def __init__(self, les, cloud):
        self.programs = Programs(les, cloud)
        self.machine = Machine(self.programs.les, self.programs.cloud)
        self.shell, self.stage, self.stages, self.done = None, None, 0, 0

    def follow(self, page, is_run):
        """`is_run(block)`: whether it is for this test to run it."""
        self._sit_down()
        try:
            for block in page.blocks:
                self._prepare(block)
                if is_run(block):
                    self._follow(block)
        finally:
            self._leave()
        return self.done

    def _sit_down(self, prefix=(), **more):
        if self.shell:
            self.shell.close()
        self.shell = Shell(self.machine.directory, self.machine.environment(**more), prefix)

    def _leave(self):
        if self.shell:
            self.shell.close()
        if self.stage:
            self.stage.__exit__(None, None, None)

    def _prepare(self, block):
        if "stage" in block.says:
            self._leave()
            self.shell = self.stage = None
            self.stages += 1
            self.stage = STAGES[block.says["stage"]](self.programs, self.stages).__enter__()
            self._sit_down(self.stage.prefix(), **self.stage.credentials(0))
        if "file" in block.says:
            self.machine.write(block.says["file"], block.text)

    def _follow(self, block):
        typed = commands.commands(block)
        for number, command in enumerate(typed):
            place = f"{block.page}:{command.line}"
            if command.text == "echo $?":
                if [str(self.shell.code)] != command.shown:
                    raise Wrong(f"{place}: the page says exit code {command.shown}, it was {self.shell.code}")
                continue
            may_fail = number + 1 < len(typed) and typed[number + 1].text == "echo $?"
            text = command.text if block.language == "console" else f"(\nset -e\n{command.text}\n)"
            self._type(place, text, command.shown, may_fail)
            self.done += 1

    def _type(self, place, text, shown, may_fail):
        seen = []

        def right():
            seen[:] = self.shell.run(text)
            return (may_fail or self.shell.code == 0) and (not shown or compare.matches(shown, seen))

        story = lambda: self._story(place, text, shown, seen)
        if LOOKS.match(text):
            wait_until(story, right)
        elif not right():
            raise Wrong(story())

    def _story(self, place, text, shown, said):
        page = "\n".join(["--- the page shows", *shown]) if shown else "--- the page shows nothing"
        logs = "".join(f"--- {name}\n{_tail(os.path.join(self.machine.directory, name))}\n" for name in sorted(os.listdir(self.machine.directory)) if name.endswith(".log"))
        stage = self.stage.story() if self.stage else ""
        return "\n".join([f"{place}: $ {text}", page, f"--- it says, with exit code {self.shell.code}", *said, logs, stage])


def _tail(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()[-3000:]
