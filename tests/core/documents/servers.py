"""What the processes of test_watched do: a module of its own, so that they start lightly."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from multiprocessing.connection import Connection

from cambs_evidence.documents import watched

#: The most that the process that eats memory takes, in bytes, should nobody stop it.
MOST = 700 * 1024**2


def serve(connection: Connection) -> None:
    watched.serve(connection, _work)


def serve_nothing(_connection: Connection) -> None:
    os._exit(4)


def _work(to: Connection, what: str) -> None:
    if what == "eat":
        _eat()
    elif what == "loop":
        _loop()
    elif what == "wait":
        threading.Event().wait()
    elif what == "die":
        os._exit(3)
    elif what == "abort":
        os.abort()
    elif what == "busy":
        while True:
            to.send(("page",))
            sum(range(200_000))
    elif what == "child":
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        to.send(("child", child.pid))
        _loop()
    elif what == "child eats":
        code = f"held = bytearray(b'x') * {MOST}; input()"
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
        threading.Event().wait()
    elif what == "done, then die":
        to.send(("done", os.getpid()))
        os._exit(3)
    else:
        to.send(("page",))
        to.send(("done", os.getpid()))


def _eat() -> None:
    held: list[bytearray] = []
    while len(held) * 10 * 1024**2 < MOST:
        held.append(bytearray(b"x") * (10 * 1024**2))
    threading.Event().wait()


def _loop() -> None:
    while True:
        pass
