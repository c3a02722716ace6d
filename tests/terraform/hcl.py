"""HashiCorp's parser and formatter, which run in a Node child (hcl.mjs)."""

import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class Hcl:
    """The child, as a context manager. What it was asked once it is not asked again."""

    def __enter__(self):
        self.known = {}
        self.child = subprocess.Popen(["node", HERE / "hcl.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait(timeout=60)

    def ask_all(self, op, texts):
        """Asks for all of these at once, since a round trip costs more than an answer."""
        new = list(dict.fromkeys(text for text in texts if (op, text) not in self.known))
        if new:
            self.child.stdin.write(json.dumps([{"op": op, "text": text} for text in new]) + "\n")
            self.child.stdin.flush()
            line = self.child.stdout.readline()
            if not line:
                raise RuntimeError("the HCL parser (tests/terraform/hcl.mjs) ended without an answer")
            self.known.update({(op, text): reply for text, reply in zip(new, json.loads(line), strict=True)})

    def ask(self, op, text):
        """The answer: a dictionary with `value` or `error`."""
        self.ask_all(op, [text])
        return self.known[op, text]

    def expression(self, text):
        """The syntax tree of an expression of a file that parses."""
        reply = self.ask("expression", text + "\n")  # a heredoc ends with a line
        if "error" in reply:
            raise ValueError(f"{reply['error']} in {text!r}")
        return reply["value"]
