"""What the author makes of the evidence: a judgement for each block, actions, how far it is."""

from __future__ import annotations

from cambs_evidence import summaries
from cambs_evidence.door.mapping import Mapping
from cambs_evidence.door.opened import checked_date
from cambs_evidence.errors import WordsOff
from cambs_evidence.model import (
    Action,
    Change,
    Grade,
    Judgement,
    Revision,
    SectionProgress,
)
from cambs_evidence.store import judging


class Judging(Mapping):
    """The judgements and actions of an open case."""

    def judge(self, code: str, *, summary: str | None = None, grade: str | None = None) -> Change:
        """Sets the summary and the grade of a block, named by its first criterion (or ``18``).

        None leaves each as it is, an empty text takes it away. Where nothing differs, the change
        has no rows and the log no entry. Raises Unknown for what names no block, WordsOff for a
        grade that there is not, and Refused for a summary beyond all measure.
        """
        block = summaries.block(self.framework(), code)
        told = summaries.cleaned(summary) if summary is not None else None
        return judging.judge(self._store, block, summary=told, grade=_grade(grade), by=self.by)

    def judgements(self) -> list[Judgement]:
        """The judgements there are, in the order of the framework."""
        names = {
            (each.section_id, each.place): each.code for each in summaries.blocks(self.framework())
        }
        with self._store.reading() as connection:
            return judging.judgements(connection, names)

    def judgement_history(self, code: str) -> list[Revision]:
        """What each change left of a block's judgement, the newest first. Raises Unknown."""
        block = summaries.block(self.framework(), code)
        with self._store.reading() as connection:
            return judging.history(connection, block)

    def progress(self) -> tuple[SectionProgress, ...]:
        """How far each section is judged, and how many of its criteria have no evidence."""
        return summaries.progress(self.framework(), self.judgements(), self.coverage())

    def actions(self, *, section: int | None = None) -> list[Action]:
        """The actions, or those of one section, in the order of the framework."""
        wanted = {each.id for each in self.framework().sections if section in {None, each.number}}
        with self._store.reading() as connection:
            found = judging.actions(connection)
        return [each for each in found if each.section_id in wanted]

    def add_action(
        self,
        code: str,
        text: str,
        *,
        owner: str | None = None,
        due: str | None = None,
        done: str | None = None,
        link: str | None = None,
    ) -> tuple[Action, Change]:
        """Adds what is to be done about a criterion (or a section without criteria).

        ``due`` and ``done`` are dates as people write them, ``link`` the id of the link that it
        comes from. Raises Unknown for code or link, WordsOff for a date or where no text is given.
        """
        target = self.target(code)
        if link is not None:
            self.link(link)
        facts = _facts({"text": text, "owner": owner, "due": due, "done": done})
        return judging.add_action(self._store, target, {**facts, "link_id": link}, self.by)

    def change_action(
        self, action_id: str, *, code: str | None = None, **facts: str | None
    ) -> tuple[Action, Change]:
        """Sets ``text``, ``owner``, ``due`` or ``done`` of an action, and its criterion.

        What is not given stays; None or an empty text takes owner or date away. Raises as
        :meth:`add_action`, and Unknown for the action.
        """
        target = self.target(code) if code is not None else None
        return judging.change_action(self._store, action_id, target, _facts(facts), self.by)

    def remove_action(self, action_id: str) -> Change:
        """Takes an action away. Raises Unknown."""
        return judging.remove_action(self._store, action_id, self.by)


def _grade(typed: str | None) -> Grade | str | None:
    if not typed:
        return typed
    try:
        return Grade(typed.strip().lower())
    except ValueError as error:
        raise WordsOff(
            f"{typed!r} is no grade; say {', '.join(Grade)}, or nothing to take it away."
        ) from error


def _facts(given: dict[str, str | None]) -> dict[str, str | None]:
    """What is known of an action as it is kept: one line each, dates as ISO text."""
    facts = {name: " ".join((value or "").split()) or None for name, value in given.items()}
    if "text" in facts and facts["text"] is None:
        raise WordsOff("Say what is to be done.")
    for name in ("due", "done"):
        if facts.get(name):
            facts[name] = checked_date(str(facts[name]))
    return facts
