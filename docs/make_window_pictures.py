"""Makes pictures of the window on a case, drawn without a screen: light, dark and at 200 %.

Usage: python docs/make_window_pictures.py CASE FOLDER [--dialogs]

The README's pictures are made by it too. With ``--dialogs`` there is one of every dialog as well.
The case is copied first: nothing in it is changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtTest import QTest

from cambs_evidence import settings
from cambs_evidence.errors import Refused
from cambs_evidence.model import CaseFacts
from cambs_evidence.review import Conflict, Incoming, Merging, Verdict
from ui.app import make_application
from ui.dialogs.action import ActionDialog
from ui.dialogs.case_facts import CaseDialog
from ui.dialogs.changes import ChangesDialog
from ui.dialogs.export import ExportDialog
from ui.dialogs.findings import Finding, FindingsDialog
from ui.dialogs.help import AboutDialog, KeysDialog
from ui.dialogs.history import HistoryDialog
from ui.dialogs.merging import MergeDialog
from ui.dialogs.review_export import ReviewExportDialog
from ui.dialogs.review_summary import SummaryDialog
from ui.dialogs.sampling import SampleDialog
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.signing import SigningDialog
from ui.dialogs.told import ErrorDialog, LogDialog, sentence
from ui.dialogs.verify import VerifyDialog
from ui.main_window import MainWindow
from ui.theme import Theme

#: Name, theme and scale of each set of pictures.
SETS = (("light", "light", 1), ("dark", "dark", 1), ("200-percent", "light", 2))
#: Seconds to wait for anything at most.
PATIENCE = 60


def main() -> None:
    """Makes each set in a process of its own, since the scale is fixed when Qt starts."""
    parser = argparse.ArgumentParser(description="Make pictures of the window.")
    parser.add_argument("case", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dialogs", action="store_true", help="of every dialog as well")
    parser.add_argument("--set", dest="only", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.only:
        _make(words.case, words.out, words.only, dialogs=words.dialogs)
        return
    words.out.mkdir(parents=True, exist_ok=True)
    for name, _, scale in SETS:
        with tempfile.TemporaryDirectory() as home:
            case = Path(home) / words.case.name
            shutil.copyfile(words.case, case)
            surroundings = {
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": str(scale),
                "XDG_CONFIG_HOME": home,
                "XDG_STATE_HOME": home,
                "XDG_DATA_HOME": home,
            }
            command = [sys.executable, __file__, str(case), str(words.out), "--set", name]
            command += ["--dialogs"] if words.dialogs else []
            subprocess.run(command, env=surroundings, check=True)  # noqa: S603 - this very script
    print(f"Pictures of the window lie in {words.out.absolute()}.")


def _make(case: Path, out: Path, name: str, *, dialogs: bool) -> None:
    theme_name = next(theme for each, theme, _ in SETS if each == name)
    settings.write(settings.Settings(name="Quality Assurance", theme=theme_name))
    application = make_application()
    qInstallMessageHandler(lambda *_: None)  # what a window without a screen says of itself
    theme = Theme(application)
    theme.choose(theme_name)
    window = MainWindow(theme)
    width, height = (1440, 900) if name != "200-percent" else (1180, 760)
    window.resize(width, height)
    window.docks.reset()

    def until(ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if time.monotonic() > deadline:
                sys.exit(f"The window did not come to {what}.")
            QTest.qWait(20)

    def shoot(what: str) -> None:
        QTest.qWait(120)
        window.grab().save(str(out / f"window-{what}-{name}.png"))

    window.show()
    shoot("start")
    window.open_case(case)
    pages = window.reader.pages
    until(lambda: window.session is not None and pages.selection.text is not None, "its case")
    session = window.session
    links = list(session.held.links.values())
    passages = {link.passage.id for link in links}
    several = [each for each in passages if len(session.links_of_passage(each)) > 1]
    shown = session.links_of_passage(several[0])[0] if several else (links or [None])[0]
    if shown is not None:
        window.go_to_link(shown)
        until(lambda: pages.document is not None and pages.selection.text is not None
              and pages.document.id == shown.passage.document_id, "a passage")  # fmt: skip
    until(lambda: pages.painted, "its pages")
    QTest.qWait(1600)  # until it has flashed
    shoot("case")
    window.search_panel.ask("children")
    window.docks.reveal("search")
    until(lambda: window.search_panel.view.topLevelItemCount() > 0, "hits")
    shoot("search")
    window.docks.reveal("documents")
    window.framework.select("4.1")
    window.judging.reveal()
    shoot("judging")
    window.docks.reveal("evidence")
    text = pages.selection.text
    layer = text.pages[pages.page]
    # The longest paragraph says something.
    starts = [each.offset for each in layer.starts if each.kind == "paragraph"]
    found = [text.paragraph_around(pages.page, offset) for offset in starts]
    place = text.between(*max(found, key=lambda ends: ends[1][1] - ends[0][1]))
    pages.selection.take(place)
    pages.go_to(pages.page, text.quads(place)[pages.page])
    window.tagging.ask()
    window.tagging.palette.field.setText("plan")
    until(lambda: pages.painted, "its pages")
    shoot("tagging")
    window.tagging.palette.leave()
    coverage = window.coverage
    coverage.large.setChecked(True)
    until(lambda: coverage.model is not None and coverage.model.loaded, "coverage")
    QTest.qWait(200)
    shoot("coverage")
    coverage.tabs.setCurrentIndex(1)
    shoot("over-time")
    coverage.large.setChecked(False)
    window.packing.open()
    pack = window.packing.view
    pack.resize(width, height)
    until(lambda: pack.preview.settled and not pack.preview.pages.shown.unfinished, "a pack")
    pack.preview.pages.set_fit("page")
    first = next(each for each in pack.preview.headings if each.title.startswith("1 "))
    pack.preview.pages.go_to(first.page)
    pack.export.where.setText(f"{case.stem}-evidence-pack.pdf")
    until(lambda: pack.preview.settled, "its pages")
    QTest.qWait(200)
    pack.grab().save(str(out / f"window-pack-{name}.png"))
    pack.close()
    if dialogs:
        _shoot_dialogs(window, out, name)
    bundle = case.with_suffix(".cambsreview")
    bundle.unlink(missing_ok=True)
    list(session.case.review_export(bundle))
    window.docks.reset()
    window.open_case(bundle)
    until(lambda: window.session is not None and window.session.reviewing
          and window.review.shown is not None and pages.painted, "a review")  # fmt: skip
    QTest.qWait(1600)
    window.review.comment.setPlainText("Of which year is this?")
    window.review.press(Verdict.QUERY)
    until(lambda: not window.session.busy and pages.painted, "a decision")
    window.reviewing.step(back=True)
    QTest.qWait(1600)
    shoot("review")
    window.close()


def _shoot_dialogs(window: MainWindow, out: Path, name: str) -> None:
    session, theme = window.session, window.theme
    folder = Path.home()
    told = [
        Finding("“The quote that failed.”", "report.pdf: it does not stand there", ("link", "x")),
        Finding("report.pdf is the very file that the pack names.", "", good=True),
        Finding("letter.txt was not found, so its quotes could not be proved.", ""),
    ]
    brought = Merging(
        "case.cambsreview", True, ("An Auditor",),
        (Incoming("decision", "1", "An Auditor: accept 1.1 in report.pdf, page 1", "An Auditor",
                  changes=False),),
        (Conflict("decision", "2", "An Auditor decided to query 4.1 before it was changed; look "
                  "at it again."),),
    )  # fmt: skip
    refused = Refused("county.cambs is damaged; run check on it, or restore a backup.")
    for what, dialog in (
        ("new", CaseDialog(CaseFacts(""), window, folder=folder)),
        ("facts", CaseDialog(session.held.facts, window)),
        ("action", ActionDialog(session.case.matching("4."), window)),
        ("history", HistoryDialog("4.1–4.6", session.case.judgement_history("4.1"),
                                  window.judgement.in_words, window)),
        ("export", ExportDialog(session, folder / "case-evidence", window)),
        ("verify", VerifyDialog(session.held.facts.title, None, window)),
        ("review-export", ReviewExportDialog(40, folder / "case.cambsreview", window)),
        ("merge", MergeDialog(brought, window)),
        ("sample", SampleDialog(5, "1", window)),
        ("review-summary", SummaryDialog(session, session.case.review_summary(), session.case.by,
                                         window)),
        ("sign-off", SigningDialog(session.held.framework, session.case.by, window,
                                   readonly=False)),
        ("changes", ChangesDialog(session, window)),
        ("settings", SettingsDialog(settings.read(), session.held.limits, window, readonly=False)),
        ("keys", KeysDialog(window.actions_.every(), window)),
        ("about", AboutDialog(theme, window)),
        ("log", LogDialog(window)),
        ("refused", ErrorDialog(theme, sentence(refused), is_bug=False, parent=window)),
        ("fault", ErrorDialog(theme, sentence(ValueError()), is_bug=True, parent=window)),
        ("findings", FindingsDialog(theme, "Verification", "38 of 40 quotes of pack.pdf verified.",
                                    told, window, good=False)),
        ("sound", FindingsDialog(theme, "Check", "county.cambs is sound: storage, pages, anchors "
                                 "and log.", [], window, good=True)),
    ):  # fmt: skip
        dialog.show()
        QTest.qWait(80)
        dialog.grab().save(str(out / f"dialog-{what}-{name}.png"))
        dialog.close()


if __name__ == "__main__":
    main()
