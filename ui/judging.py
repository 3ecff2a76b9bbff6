"""From evidence to judgement: what is referred to, what is to be done, what was written before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from cambs_evidence.model import Action, Link, Place, Target
from cambs_evidence.summaries import Block
from cambs_evidence.wording import POLARITIES
from ui import commands
from ui.dialogs.action import ActionDialog
from ui.dialogs.history import HistoryDialog
from ui.panels.judgement import JudgementPanel
from ui.panels.progress import ProgressButton
from ui.session import News, Session
from ui.viewer.grips import place_of

if TYPE_CHECKING:
    from ui.main_window import MainWindow


#: The share of the window's height that is needed for writing.
_SHARE = 0.38


class Judging(QObject):
    """What leads from the rest of the window to the judgement of a block, and back."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session: Session | None = None
        #: The document whose selection is asked about, and the one of which a link is to come:
        #: it is referred to once it is there.
        self._asked: str | None = None
        self._awaited: str | None = None

    def build(self, actions: Sequence[QAction]) -> JudgementPanel:
        """The panel, with the actions that its evidence offers."""
        window = self._window
        self.panel = panel = JudgementPanel(window.theme, actions, window)
        panel.link_chosen.connect(window.go_to_link)
        panel.history_wanted.connect(self.show_history)
        panel.action_wanted.connect(self._add_action)
        panel.edit_wanted.connect(self._edit_action)
        panel.remove_wanted.connect(self._remove_action)
        panel.passage_dropped.connect(lambda: QTimer.singleShot(0, self, self._refer_to_selection))
        self.progress = ProgressButton(window.theme, window)
        self.progress.clicked.connect(self.next_block)
        window.tagging.palette.accepted.connect(self._await)
        window.tagging.palette.closed.connect(lambda: QTimer.singleShot(0, self, self._give_up))
        return panel

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions of the window do here."""
        return {
            "to-summary": self.refer, "to-action": self.make_action,
            "next-block": self.next_block, "history": lambda: self.show_history(self.panel.block),
        }  # fmt: skip

    def use(self, session: Session | None) -> None:
        """Takes a case, or none."""
        self._asked = self._awaited = None
        self._session = session
        self.panel.use(session)
        if session is not None:
            session.changed.connect(self._hear)
            session.failed.connect(self._give_up)
            self.progress.show_progress(session.held.progress())

    def keep(self) -> None:
        """Keeps what has been typed."""
        self.panel.keep()

    def _hear(self, news: News) -> None:
        session = self._session
        if session is None:
            return
        self.progress.show_progress(session.held.progress())
        found = [link for link in news.added if link.passage.document_id == self._awaited]
        if found:
            self._awaited = None
            self._put_in(found[:1])

    def _may_write(self) -> bool:
        if self._session is not None and self._session.readonly:
            self._window.say(self._session.why_readonly)
        return self._session is not None and not self._session.readonly

    # --- references ----------------------------------------------------------------------

    def refer(self) -> None:
        """Puts what is chosen into the summary: links, or what is selected on the page."""
        if not self._may_write():
            return
        pages = self._window.reader.pages
        chosen = self.chosen_links()
        if pages.chosen is not None and (pages.hasFocus() or not chosen):
            self._refer_to_selection()
        elif chosen:
            self._put_in(chosen)
        else:
            self._window.say("Choose evidence, or select words on the page, then press R.")

    def chosen_links(self) -> list[Link]:
        """What is chosen in the panel where the keys are there, else in the rest of the window."""
        if self.panel.evidence.hasFocus():
            return self.panel.evidence.links()
        return self._window.retagging.chosen()

    def _refer_to_selection(self) -> None:
        """Refers to the passage that is selected; one that is not tagged yet is tagged first."""
        session, pages = self._session, self._window.reader.pages
        chosen, document = pages.chosen, pages.document
        if session is None or document is None or chosen is None:
            return
        block = self.panel.block
        if isinstance(chosen, Place):
            there = [
                link for link in session.links_of_document(document.id)
                if place_of(link.passage).spans == chosen.spans
            ]  # fmt: skip
            codes = block.targets if block else ()
            there.sort(key=lambda link: (link.code not in codes, link.at))
            if there:
                self._put_in(there[:1])
                return
        self._window.tagging.ask(block.code if block else None)
        self._asked = document.id

    def _await(self) -> None:
        self._awaited, self._asked = self._asked, None

    def _give_up(self) -> None:
        """What was asked about is not tagged, or could not be."""
        self._asked = None
        if self._session is None or not self._session.busy:
            self._awaited = None

    def _put_in(self, links: Sequence[Link]) -> None:
        panel = self.panel
        if panel.block is None:
            panel.show_for(links[0].code)
        if panel.block is None:
            return
        self._window.docks.reveal("judgement")
        panel.refer_to(links)
        self._window.say(f"Put into the summary of block {panel.block.name}.")

    # --- actions -------------------------------------------------------------------------

    def make_action(self) -> None:
        """Asks for an action about what the chosen link says, or about the block."""
        if not self._may_write():
            return
        links = self.chosen_links()
        if links:
            self._ask(links[0].code, links[0])
        else:
            self._add_action(self.panel.block)

    def _add_action(self, block: Block | None) -> None:
        if block is not None and self._may_write():
            self._ask(block.code, None)

    def _ask(self, code: str, link: Link | None) -> None:
        session = self._session
        if session is None:
            return
        said = ""
        if link is not None:
            sign, word = POLARITIES[link.polarity]
            quote = link.passage.anchor.quote
            quote = quote if len(quote) <= 240 else f"{quote[:240].rsplit(' ', 1)[0]} …"
            said = f"{sign} {word}: “{quote}”"
        dialog = ActionDialog(self._targets(), self._window, code=code, said=said)
        if dialog.exec() and not session.readonly:
            facts = dialog.facts()
            text, about = facts.pop("text") or "", facts.pop("code") or code
            link_id = link.id if link is not None else None
            commands.add_action(session, about, text, link=link_id, **facts)
            self.panel.show_for(about)
            self.panel.tabs.setCurrentWidget(self.panel.actions_)
            self._window.docks.reveal("judgement")

    def _edit_action(self, action: Action) -> None:
        session = self._session
        if session is None or not self._may_write():
            return
        dialog = ActionDialog(self._targets(), self._window, action=action)
        if dialog.exec():
            commands.change_action(session, action, **dialog.facts())

    def remove_chosen_action(self) -> bool:
        """Takes the action away that the keys are on; False where they are elsewhere."""
        if not self.panel.actions_.list.hasFocus():
            return False
        self.panel.actions_.take_away()
        return True

    def _remove_action(self, action: Action) -> None:
        if self._session is not None and self._may_write():
            commands.remove_action(self._session, action)

    def _targets(self) -> list[Target]:
        return self._session.case.matching("") if self._session else []

    def reveal(self) -> None:
        """Brings the panel to the front, with room to write."""
        self._window.docks.reveal("judgement")
        height = max(round(self._window.height() * _SHARE), self.panel.least_height())
        self._window.docks.give_room("judgement", height)

    # --- blocks --------------------------------------------------------------------------

    def next_block(self) -> None:
        """Goes to the next block without a summary, ready to be written."""
        if self._session is None:
            return
        focus = QApplication.focusWidget()
        within = focus is not None and self.panel.isAncestorOf(focus)
        self.reveal()
        block = self.panel.next_unjudged(onward=within)
        if block is None:
            self._window.say("Every block has a summary.")
            return
        self._window.framework.select(block.targets[0])
        self.panel.edit.setFocus()

    def show_history(self, block: Block | None) -> None:
        """Shows what was written about a block before, and lets it be put back."""
        session = self._session
        if session is None or block is None:
            return
        self.keep()

        def take(found: list[object]) -> None:
            dialog = HistoryDialog(
                block.name, found, self.panel.in_words, self._window,  # type: ignore[arg-type]
                readonly=session.readonly,
            )  # fmt: skip
            dialog.wanted.connect(
                lambda each: self.panel.put_back(
                    block, each.summary, each.grade.value if each.grade else ""
                )
            )
            dialog.exec()

        def look() -> None:
            if session.busy:  # what was typed last is part of it once it is kept
                QTimer.singleShot(20, self, look)
                return
            session.read(lambda: session.case.judgement_history(block.code), take)

        look()
