"""What a screen reader hears of the program: asked over the bus, from a process of its own.

Run inside a session bus of its own, with a screen: ``python -m tests.ui.heard CASE WORDS``. It
starts the program on the case, selects the words as a screen reader does and prints what it was
told as one JSON object.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtDBus import QDBusConnection, QDBusMessage

#: Seconds in which the program must have shown the case.
_PATIENCE = 40.0
#: Seconds until what listens is ready, and until it has heard.
_REST = 1.5
_ATSPI = "org.a11y.atspi"
_DOCUMENT, _LINK = "document", "link"
#: Granularity of a line, as AT-SPI counts them.
_LINE = 3
#: What need not be walked through on the way to the pages.
_LEAVES = {"table", "tree", "list", "menu bar", "combo box"}
_PAIR = re.compile(r"'([^']+)', (?:objectpath )?'(/[^']+)'")
Node = tuple[str, str]
_GDBUS, _MONITOR = (shutil.which(each) or each for each in ("gdbus", "dbus-monitor"))


def _gdbus(*words: str) -> str:
    run = subprocess.run(
        [_GDBUS, *words], capture_output=True, encoding="utf-8", timeout=_PATIENCE, check=False
    )
    if run.returncode:
        raise LookupError(run.stderr.strip())
    return run.stdout.strip()


def _read(answer: str) -> Any:
    """What ``gdbus`` printed: the one value, or all of them."""
    plain = re.sub(r"^\(<(.*)>,\)$", r"(\1,)", answer, flags=re.DOTALL)
    plain = {"(true,)": "(True,)", "(false,)": "(False,)"}.get(plain, plain)
    values = ast.literal_eval(plain)
    return values[0] if len(values) == 1 else values


class Ear:
    """A screen reader of few words."""

    def __init__(self) -> None:
        found = _gdbus(
            "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus",
            "--method", "org.a11y.Bus.GetAddress",
        )  # fmt: skip
        self._bus = str(_read(found))
        # Nothing is said that nobody is registered to hear, until who registered hangs up.
        self._application = QCoreApplication([])
        self._line = QDBusConnection.connectToBus(self._bus, "ear")
        for kind in ("object:text-caret-moved", "object:text-selection-changed"):
            message = QDBusMessage.createMethodCall(
                f"{_ATSPI}.Registry", "/org/a11y/atspi/registry", f"{_ATSPI}.Registry",
                "RegisterEvent",
            )  # fmt: skip
            message.setArguments([kind])
            self._line.call(message)

    def _call(self, node: Node, method: str, *words: object) -> str:
        dest, path = node
        return _gdbus(
            "call", "--address", self._bus, "--dest", dest, "--object-path", path,
            "--method", method, "--", *map(str, words),
        )  # fmt: skip

    def ask(self, node: Node, method: str, *words: object) -> Any:
        """What a node answers to ``Interface.Method``."""
        return _read(self._call(node, f"{_ATSPI}.{method}", *words))

    def get(self, node: Node, interface: str, name: str) -> Any:
        """A property of a node."""
        found = self._call(
            node, "org.freedesktop.DBus.Properties.Get", f"{_ATSPI}.{interface}", name
        )
        return _read(found)

    def role(self, node: Node) -> str:
        """What a node is."""
        return str(self.ask(node, "Accessible.GetRoleName"))

    def children(self, node: Node) -> list[Node]:
        """The nodes in a node."""
        return _PAIR.findall(self._call(node, f"{_ATSPI}.Accessible.GetChildren"))

    def find(self, node: Node, role: str) -> Node | None:
        """The first node of a role in a node."""
        is_ = self.role(node)
        if is_ == role:
            return node
        inside = () if is_ in _LEAVES else self.children(node)
        found = (self.find(each, role) for each in inside)
        return next((each for each in found if each is not None), None)

    def listen(self, node: Node) -> subprocess.Popen[str]:
        """Prints from here on what a node says."""
        rule = f"type='signal',interface='{_ATSPI}.Event.Object',path='{node[1]}'"
        command = [_MONITOR, "--address", self._bus, rule]
        return subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")


def _until_there(ear: Ear, program: subprocess.Popen[bytes], words: str) -> Node:
    """The pages, once the words stand on them."""
    root = (f"{_ATSPI}.Registry", "/org/a11y/atspi/accessible/root")
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert program.poll() is None, "The program has ended."
        try:
            node = ear.find(root, _DOCUMENT)
            if node is not None and words in ear.ask(node, "Text.GetText", 0, -1):
                return node
        except LookupError:
            pass  # what was asked has gone since
        time.sleep(0.2)
    raise TimeoutError


def _events(listening: subprocess.Popen[str]) -> list[str]:
    """The events that were heard."""
    time.sleep(_REST)
    listening.terminate()
    said, _ = listening.communicate()
    return sorted(set(re.findall(r"member=(Text\w+)", said)))


def _talk(ear: Ear, node: Node, words: str) -> dict[str, object]:
    text = str(ear.ask(node, "Text.GetText", 0, -1))
    start = text.index(words)
    told: dict[str, object] = {"name": ear.get(node, "Accessible", "Name"), "text": text}
    listening = ear.listen(node)
    time.sleep(_REST)
    ear.ask(node, "Text.AddSelection", start, start + len(words))
    told["heard"] = _events(listening)
    told["selections"] = ear.get(node, "Text", "NSelections")
    told["caret"] = ear.get(node, "Text", "CaretOffset")
    first, last = ear.ask(node, "Text.GetSelection", 0)
    told["selected"] = ear.ask(node, "Text.GetText", first, last)
    told["line"] = ear.ask(node, "Text.GetStringAtOffset", start, _LINE)[0]
    links = [each for each in ear.children(node) if ear.role(each) == _LINK]
    told["links"] = [ear.get(each, "Accessible", "Name") for each in links]
    told["pressed"] = [ear.ask(each, "Action.DoAction", 0) for each in links]
    return told


def main(case: str, words: str) -> None:
    """Starts the program, asks, prints."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    command = [sys.executable, "-m", "cambs_evidence", "--by", "Listener", "open", case]
    program = subprocess.Popen(command, env=environment)
    try:
        ear = Ear()
        told = _talk(ear, _until_there(ear, program, words), words)
    finally:
        program.terminate()
        status = program.wait(_PATIENCE)
    sys.stdout.write(json.dumps(told | {"status": status}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
