"""What the table of evidence can be filtered by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from cambs_evidence.model import Document, Framework, Hold, Link, Polarity
from cambs_evidence.review import Stand
from cambs_evidence.wording import (
    POLARITIES,
    as_iso,
    first_day,
    in_words,
    last_day,
)
from ui.stands import STANDS

#: How a link stands with its reviewers, by the word that is kept for it in a filter.
DECISIONS: Mapping[str, Stand] = {
    "none": Stand.OPEN,
    "accept": Stand.ACCEPTED,
    "query": Stand.QUERIED,
    "answered": Stand.ANSWERED,
    "reject": Stand.REJECTED,
    "conflicting": Stand.CONFLICTING,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What is shown; None or empty where it does not matter.

    ``document`` is the id of a newest version; ``since`` and ``until`` are ISO dates of documents;
    ``note`` is True for links with one, False for those without; ``decision`` is one of
    :data:`DECISIONS`; all words of ``text`` stand in quote, note, code or name.
    """

    section: int | None = None
    code: str | None = None
    polarity: Polarity | None = None
    document: str | None = None
    text: str = ""
    person: str | None = None
    since: str | None = None
    until: str | None = None
    note: bool | None = None
    hold: Hold | None = None
    decision: str | None = None

    @property
    def active(self) -> bool:
        """True where something may be hidden."""
        return self != Filter()


def passing(
    wanted: Filter,
    links: list[Link],
    framework: Framework,
    documents: Mapping[str, Document],
    words_of: Callable[[Link], str],
    stand_of: Callable[[Link], Stand],
) -> list[Link]:
    """The links that pass, in the order they came; one pass over them for each thing asked.

    ``words_of`` gives all words of a link in lower case, ``stand_of`` how it stands with its
    reviewers.
    """
    found = links
    if wanted.code is not None:
        found = [each for each in found if each.code == wanted.code]
    if wanted.section is not None:
        ids = {each.id for each in framework.sections if each.number == wanted.section}
        found = [each for each in found if each.section_id in ids]
    if wanted.polarity is not None:
        found = [each for each in found if each.polarity is wanted.polarity]
    if wanted.document is not None or wanted.since or wanted.until:
        among = {each.id for each in documents.values() if _in_time(wanted, each)}
        among &= {wanted.document} if wanted.document is not None else among
        found = [each for each in found if each.newest in among]
    if wanted.person is not None:
        found = [each for each in found if each.by == wanted.person]
    if wanted.note is not None:
        found = [each for each in found if bool(each.note) is wanted.note]
    if wanted.hold is not None:
        found = [each for each in found if each.hold is wanted.hold]
    if wanted.decision is not None:
        stand = DECISIONS.get(wanted.decision)
        found = [each for each in found if stand_of(each) is stand]
    for word in wanted.text.lower().split():
        found = [each for each in found if word in words_of(each)]
    return found


def _in_time(wanted: Filter, document: Document) -> bool:
    """True for a document that may be of the time asked for; an undated one is of none."""
    if not (wanted.since or wanted.until):
        return True
    if document.date is None:
        return False
    if wanted.since and last_day(document.date) < first_day(wanted.since):
        return False
    return not (wanted.until and first_day(document.date) > last_day(wanted.until))


# --- kept with the case ----------------------------------------------------------------------


def as_kept(wanted: Filter, documents: Mapping[str, Document]) -> dict[str, Any]:
    """A filter as it is kept: a document by what it is known by whatever its version."""
    document = documents.get(wanted.document or "")
    told = asdict(replace(wanted, document=document.identity if document else None))
    return {name: value for name, value in told.items() if value not in {None, ""}}


def as_used(kept: Mapping[str, Any], documents: Mapping[str, Document]) -> Filter:
    """A filter out of what was kept; what makes no sense here does not matter in it."""
    known = {each.name for each in fields(Filter)}
    told = {name: value for name, value in kept.items() if name in known}
    newest = {each.identity: each.id for each in documents.values()}
    told["document"] = newest.get(str(told.get("document")))
    for name, kind in (("polarity", Polarity), ("hold", Hold)):
        told[name] = next((each for each in kind if each.value == told.get(name)), None)
    for name in ("since", "until"):
        told[name] = as_iso(str(told.get(name) or ""))
    told["note"] = told.get("note") if isinstance(told.get("note"), bool) else None
    told["section"] = told.get("section") if isinstance(told.get("section"), int) else None
    told["decision"] = told.get("decision") if told.get("decision") in DECISIONS else None
    for name in ("code", "person"):
        told[name] = str(told[name]) if told.get(name) else None
    return Filter(**told | {"text": str(told.get("text") or "")})


# --- in words --------------------------------------------------------------------------------


def in_parts(wanted: Filter, documents: Mapping[str, Document]) -> list[tuple[str, Filter]]:
    """What is asked for but the text, each in words with the filter that is left without it."""
    said: list[tuple[str, Filter]] = []

    def add(words: str, **without: Any) -> None:
        said.append((words, replace(wanted, **without)))

    if wanted.code is not None:
        add(f"Criterion {wanted.code}", code=None)
    if wanted.section is not None:
        add(f"Section {wanted.section}", section=None)
    if wanted.polarity is not None:
        add(" ".join(POLARITIES[wanted.polarity]), polarity=None)
    if wanted.document is not None:
        document = documents.get(wanted.document)
        add(document.title if document else "A document that is gone", document=None)
    if wanted.person is not None:
        add(f"By {wanted.person}", person=None)
    if wanted.since is not None:
        add(f"From {in_words(wanted.since)}", since=None)
    if wanted.until is not None:
        add(f"Until {in_words(wanted.until)}", until=None)
    if wanted.note is not None:
        add("With a note" if wanted.note else "Without a note", note=None)
    if wanted.hold is not None:
        add(wanted.hold.value.capitalize(), hold=None)
    if wanted.decision is not None:
        add(" ".join(STANDS[DECISIONS[wanted.decision]]), decision=None)
    return said


def people(links: Iterable[Link]) -> list[str]:
    """Who has tagged anything."""
    return sorted({each.by for each in links}, key=str.lower)
