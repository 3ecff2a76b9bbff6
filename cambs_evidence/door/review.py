"""What reviewers say of the evidence, what authors answer, and the sign-off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cambs_evidence.audit import bundle, deciding, figures, history, merging, remarks, sections
from cambs_evidence.audit.sampling import sample
from cambs_evidence.door.mapping import Mapping
from cambs_evidence.errors import Refused
from cambs_evidence.model import Anchor, Change, Document, Event, Link, Polarity, Progress, Target
from cambs_evidence.review import (
    Bundle,
    Decision,
    Exported,
    Finding,
    Merged,
    Merging,
    Message,
    Review,
    SignOff,
    Summary,
    Tried,
    Verdict,
)
from cambs_evidence.store import log, reading


class Reviewing(Mapping):
    """The review of an open case, or of an open file for review."""

    @property
    def review_mode(self) -> bool:
        """True where a file for review is open: nothing of the author's can be changed."""
        return self._store.review

    def bundle(self) -> Bundle | None:
        """What the open file for review says of itself; None for a case."""
        with self._store.reading() as connection:
            return bundle.told(connection)

    # --- decisions and threads -----------------------------------------------------------------

    def reviews(self, links: Sequence[Link] | None = None) -> list[Review]:
        """What was said of each of some links in their order, or of all of the case."""
        with self._store.reading() as connection:
            asked = list(reading.links(connection)) if links is None else links
            return remarks.reviews(connection, asked)

    def is_reviewed(self) -> bool:
        """True where anything was ever said of a link."""
        with self._store.reading() as connection:
            return remarks.any_said(connection)

    def review_of(self, link_id: str) -> Review:
        """What was said of one link; raises Unknown."""
        return self.reviews([self.link(link_id)])[0]

    def decide(
        self, link_id: str, verdict: Verdict, comment: str | None = None, *, seen: bool = False
    ) -> tuple[Decision, Change]:
        """Keeps what the person who acts says of a link; what they said before stays in its thread.

        ``seen`` where they looked at it in its place. A change without rows where they said just
        that already. Raises Unknown, and WordsOff for a comment that is too long.
        """
        return deciding.decide(self._store, link_id, verdict, comment, seen=seen, by=self.by)

    def answer(self, link_id: str, text: str) -> tuple[Message, Change]:
        """Puts an answer into the thread of a link; raises Unknown, WordsOff for an empty one."""
        return deciding.answer(self._store, link_id, text, self.by)

    def sample(
        self, per_section: int, seed: str, *, marked: bool = True, links: Sequence[Link] = ()
    ) -> list[str]:
        """The ids of the links to look at: so many of each section, and all (M) with ``marked``.

        Chosen of ``links``, or of all without; the same seed chooses the same.
        """
        return sample(self.framework(), links or self.evidence(), per_section, seed, marked=marked)

    def tried(self, links: Sequence[Link] | None = None, by: str | None = None) -> Tried:
        """How far the review of some links or of all is, by all reviewers or by one."""
        found = self.reviews(links)
        return figures.tried([each.by_one(by) for each in found] if by is not None else found)

    def review_summary(self) -> Summary:
        """The review in figures: progress, coverage as reviewed, agreement, queries."""
        with self._store.reading() as connection:
            links = list(reading.links(connection))
            return figures.summary(
                self.framework(),
                links,
                remarks.reviews(connection, links),
                list(remarks.findings(connection)),
                reading.documents(connection, counted=False),
                reading.case_facts(connection),
                reading.limits(connection),
                remarks.orphans(connection, links),
            )

    # --- passages that reviewers found missing -------------------------------------------------

    def findings(self, document: Document | None = None) -> list[Finding]:
        """The passages that reviewers found missing, in one version of a document or in all."""
        with self._store.reading() as connection:
            return list(remarks.findings(connection, document_id=document.id if document else None))

    def note_missing(
        self,
        document: Document,
        anchor: Anchor,
        target: Target,
        polarity: Polarity,
        comment: str | None = None,
    ) -> tuple[Finding, Change]:
        """Keeps a passage that the person who acts found missing; no evidence before it is taken.

        Raises Refused where it is tagged so already, or they noted it before.
        """
        label, paragraph = self._printed(document, anchor)
        return deciding.find(
            self._store, document, anchor, target, polarity, comment,
            page_label=label, paragraph=paragraph, by=self.by,
        )  # fmt: skip

    def take_back_missing(self, finding_id: str) -> Change:
        """Takes back what the person who acts noted as missing, before it was answered."""
        return deciding.withdraw(self._store, finding_id, self.by)

    def take_missing(self, finding_id: str) -> tuple[Link, Change]:
        """Makes evidence of a passage that a reviewer found missing, with the same id.

        Where its document was replaced since, it is sought in the new version. Raises Unknown,
        Refused where it was answered already, QuoteNotFound and QuoteAmbiguous.
        """
        self._author_alone()
        with self._store.reading() as connection:
            found = deciding.finding(connection, finding_id)
        document, anchor = self.document(found.document_id), found.anchor
        label, paragraph = found.page_label, found.paragraph
        if document.id != found.document_id:
            anchor = self.anchor(document, self.find(document, anchor.quote))
            label, paragraph = self._printed(document, anchor)
        now = deciding.Standing(document, anchor, self.target(found.code), label, paragraph)
        return deciding.take(self._store, finding_id, now, self.by)

    def decline_missing(self, finding_id: str, reason: str) -> Change:
        """Says why a passage that a reviewer found missing is not taken; raises as taking it."""
        self._author_alone()
        return deciding.decline(self._store, finding_id, reason, self.by)

    def _author_alone(self) -> None:
        if self.review_mode:
            raise Refused(
                f"{self.path.name} is a file for review; the author answers this in the case.",
                code="review-only",
            )

    # --- sign-off ------------------------------------------------------------------------------

    def sign_off(self, section: int, date: str | None = None) -> Change:
        """Puts the name of the person who acts under a section as it is; today without a date.

        Raises Unknown, WordsOff for what is no day, Refused where they have done so already.
        """
        return deciding.sign_off(self._store, section, date, self.by)

    def sign_offs(self) -> list[SignOff]:
        """All sign-offs in the order of the sections, each with what changed since."""
        with self._store.reading() as connection:
            return sections.sign_offs(connection)

    def take_back_sign_off(self, sign_off_id: str) -> Change:
        """Takes a sign-off back; the log keeps that it was. Raises Unknown."""
        return deciding.take_back(self._store, sign_off_id, self.by)

    # --- the file for review -------------------------------------------------------------------

    def review_export(self, path: Path, *, pages: str = "cited") -> Iterator[Progress | Exported]:
        """Writes a file for review; yields progress, and at last what was written.

        ``pages`` is ``cited`` (only pages that passages stand on) or ``all``. Stopped, it leaves
        nothing behind. Raises Refused for a name that is taken, and where a document's pages cannot
        be taken apart.
        """
        from cambs_evidence.audit import exporting  # noqa: PLC0415 - PDF libraries are heavy

        return exporting.export(self._store, path, by=self.by, pages=pages)

    # --- merging -------------------------------------------------------------------------------

    def merging(self, path: Path) -> Merging:
        """What merging a file for review, or a copy of this case, would do; nothing is done.

        Raises Refused where it is of another case, CannotOpen where it is damaged or was changed
        outside the program.
        """
        return merging.shown(self._store, path)

    def merge(self, path: Path, expected: Merging | None = None) -> Iterator[Progress | Merged]:
        """Merges it; yields progress, and at last what was done, which is undone as one change.

        A verified backup is made first. Where nothing is new, nothing is written. With
        ``expected``, what :meth:`merging` showed, anything else is refused. Raises as that one.
        """
        for step in merging.merge(self._store, path, by=self.by, expected=expected):
            if isinstance(step, Merged):
                self._framework = None
            yield step

    # --- log -----------------------------------------------------------------------------------

    def history(
        self,
        *,
        link: str | None = None,
        document: Document | None = None,
        by: str | None = None,
        what: str | None = None,
    ) -> list[Event]:
        """The entries of the change log that match all that is given, oldest first.

        ``by`` is a name, ``what`` a part of what was done, such as ``tag`` or ``query``.
        """
        versions, pages = None, frozenset[str]()
        if document is not None:
            known = {each.id: each.identity for each in (*self.documents(), *self.versions())}
            identity = document.identity or document.id
            versions = frozenset(each for each, first in known.items() if first == identity)
        with self._store.reading() as connection:
            if versions is not None:
                pages = reading.page_ids(connection, versions)
            found = history.filtered(
                log.events(connection), link=link, documents=versions, pages=pages, by=by,
                what=what,
            )  # fmt: skip
            return list(found)
