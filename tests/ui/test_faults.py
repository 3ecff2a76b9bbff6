"""What nobody foresaw: logged with its traceback, told calmly, and the window goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from cambs_evidence import paths
from tests.support import assert_plain, problems

_ROOT = Path(__file__).parents[2]

#: Runs the window as the program does; a slot makes a mistake, the window is closed by hand.
_PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from cambs_evidence import settings
from ui import app
from ui.dialogs.told import ErrorDialog
from ui.main_window import MainWindow

told = []

def window():
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))

def look():
    session = window().session
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        assert isinstance(dialog, ErrorDialog), dialog
        told.append([dialog.windowTitle(), dialog.words.text()])
        dialog.accept()
    elif session is not None and not told and not look.made:
        look.made = True
        QTimer.singleShot(0, mistake)
    elif told:
        timer.stop()
        print(json.dumps({"told": told, "documents": len(session.held.documents)}))
        window().close()

def mistake():
    look.no_such_thing

look.made = False
settings.log_faults()
application = app.make_application()
timer = QTimer(interval=20)
timer.timeout.connect(look)
timer.start()
sys.exit(app.main(Path(sys.argv[1])))
"""


def test_a_mistake_in_a_slot_is_logged_and_told_and_the_window_goes_on(
    tmp_path: Path, case_path: Path
) -> None:
    script = tmp_path / "program.py"
    script.write_text(f"if __name__ == '__main__':\n    exec({_PROGRAM!r})\n", encoding="utf-8")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(_ROOT)}
    ended = subprocess.run(
        [sys.executable, str(script), str(case_path)],
        capture_output=True, encoding="utf-8", check=False, timeout=90, env=environment,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    heard = json.loads(ended.stdout.splitlines()[-1])
    ((title, words),) = heard["told"]
    assert title == "Something went wrong"
    assert_plain(words)
    assert "no_such_thing" not in words
    assert heard["documents"] == 3
    log = paths.log_file().read_text(encoding="utf-8")
    assert "AttributeError" in log
    assert "no_such_thing" in log
    assert "Traceback" in log
    assert problems(case_path) == []
