"""What differs between a pack and an earlier one of the same case: pure, out of its manifest.

No words of the earlier pack are said again: what was taken away may have been taken away because
of what it says. It is named by its reference there, and whoever has that pack can look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cambs_evidence.model import Document, Judgement, Link, State
from cambs_evidence.wording import (
    STATES,
    citation_words,
    decision_in_words,
    in_words,
)

if TYPE_CHECKING:
    from cambs_evidence.pack.contents import Contents, Excerpt
    from cambs_evidence.pack.manifest import Claimed, Manifest, Source


@dataclass(frozen=True, slots=True)
class Altered:
    """An excerpt that says something else than it did; ``was`` is its reference in that pack."""

    excerpt: Excerpt
    was: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """An excerpt of the earlier pack that this one has not, by its reference there, and why."""

    was: str
    criterion: str
    polarity: str
    citation: str
    why: str


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name, what became of it, and the place in the pack where it is told of."""

    name: str
    what: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs from an earlier pack, known by number, date and SHA-256.

    Attributes:
        filters: those of the earlier pack where they are not those of this one, else None.
        framework: name and version of the earlier pack's where another is in use now, else empty.
        altered: what says something else now.
        states: criteria whose state is another one, None where that cannot be compared.
        judgements: blocks that are judged otherwise, None where that cannot be compared.
    """

    number: str
    date: str
    sha256: str
    filters: tuple[str, ...] | None
    framework: str
    added: tuple[Excerpt, ...]
    altered: tuple[Altered, ...]
    gone: tuple[Gone, ...]
    documents: tuple[Named, ...]
    states: tuple[Named, ...] | None
    judgements: tuple[Named, ...] | None

    @property
    def nothing(self) -> bool:
        """True where nothing has changed."""
        return not any((
            self.filters is not None, self.framework, self.added, self.altered, self.gone,
            self.documents, self.states, self.judgements,
        ))  # fmt: skip


#: What a gap becomes and what becomes a gap is told before other changes of state.
CLOSED, OPENED = "Gap closed", "New gap"
#: Characters of a name that another pack gives.
_LONGEST = 300


def compared(
    contents: Contents,
    earlier: Manifest,
    sha256: str,
    links: Iterable[Link],
    documents: Sequence[Document],
) -> Contents:
    """The contents with what has changed since an earlier pack, and marks where it did.

    Args:
        sha256: of the earlier pack's file.
        links: all of the case, whether the filters let them pass or not.
        documents: all of the case, earlier versions too.
    """
    excerpts = contents.excerpts
    before = _paired(excerpts, earlier)
    added = tuple(each for each in excerpts if each.link.id not in before)
    altered = tuple(
        Altered(each, was.reference, what)
        for each in excerpts
        for was in (before.get(each.link.id),)
        if was is not None
        for what in (tuple(_differences(each, was, earlier.sources[was.document])),)
        if what
    )
    changes = Changes(
        number=earlier.number,
        date=earlier.date,
        sha256=sha256,
        filters=None
        if earlier.filters == contents.filters
        else tuple(map(_short, earlier.filters)),
        framework=_framework(contents, earlier),
        added=added,
        altered=altered,
        gone=tuple(_gone(earlier, before, {each.id for each in links})),
        documents=tuple(_documents(contents, earlier, documents)),
        states=_states(contents, earlier),
        judgements=_judgements(contents, earlier),
    )
    day = in_words(earlier.date)
    news = {each.link.id: f"new since {day}" for each in added}
    news |= {each.excerpt.link.id: f"changed since {day}" for each in altered}
    told = hashlib.sha256(f"{contents.number} since {sha256}".encode()).hexdigest()
    number = f"{told[:4]}-{told[4:8]}-{told[8:12]}".upper()
    return _marked(replace(contents, changes=changes, number=number), news)


def _paired(excerpts: Sequence[Excerpt], earlier: Manifest) -> dict[str, Claimed]:
    """What stood in the earlier pack for each excerpt, by the id of its link.

    What was taken away and tagged again at the same place for the same criterion is the same.
    """
    known = {each.link: each for each in earlier.excerpts}
    found = {each.link.id: known[each.link.id] for each in excerpts if each.link.id in known}
    alike: dict[object, list[Claimed]] = {}
    for was in earlier.excerpts:
        if was.link not in found:
            spans = tuple(span[:3] for span in was.spans)
            key = (earlier.sources[was.document].sha256, spans, was.criterion, was.polarity)
            alike.setdefault(key, []).append(was)
    for each in excerpts:
        anchor = each.link.passage.anchor
        spans = tuple((span.page, span.start, span.end) for span in anchor.spans)
        key = (anchor.document_sha256, spans, each.link.code, each.link.polarity.value)
        if each.link.id not in found and alike.get(key):
            found[each.link.id] = alike[key].pop(0)
    return found


def _differences(excerpt: Excerpt, was: Claimed, source: Source) -> Iterable[str]:
    link, anchor = excerpt.link, excerpt.link.passage.anchor
    if link.code != was.criterion:
        yield f"criterion, was {was.criterion}"
    if link.polarity.value != was.polarity:
        yield f"polarity, was {was.polarity}"
    if link.note != was.note:
        yield "note taken away" if not link.note else "note" if was.note else "note added"
    if anchor.quote.split() != was.quote.split():
        yield "quote"
    region = (was.region.kind, was.region.box) if was.region else None
    held = (anchor.region.kind, anchor.region.box) if anchor.region else None
    spans = tuple((span.page, span.start, span.end) for span in anchor.spans)
    if anchor.document_sha256 != source.sha256:
        yield "version of its document"
    elif (spans, held) != (tuple(span[:3] for span in was.spans), region):
        yield "place in its document"
    elif excerpt.citation != _citation(was, source):
        yield "citation"
    if was.says_decision and link.decision != was.decision:
        yield f"decision, was {decision_in_words(was.decision).lower()}"


def _citation(was: Claimed, source: Source) -> str:
    return citation_words(
        source.title, source.date, was.page, was.page_end, was.page_label, was.paragraph,
        recognised=was.recognised is not None,
    )  # fmt: skip


def _gone(earlier: Manifest, before: Mapping[str, Claimed], there: set[str]) -> Iterable[Gone]:
    kept = {each.reference for each in before.values()}
    for was in earlier.excerpts:
        if was.reference not in kept:
            why = "left out by the filters of this pack" if was.link in there else "taken away"
            citation = _citation(was, earlier.sources[was.document])
            yield Gone(
                _short(was.reference), _short(was.criterion), was.polarity, _short(citation), why
            )


def _short(text: str) -> str:
    """What another file says, so that it fits in a table whatever it is."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"


def _documents(
    contents: Contents, earlier: Manifest, documents: Sequence[Document]
) -> Iterable[Named]:
    identities = {each.sha256: each.identity for each in documents}
    now = {each.sha256 for each in contents.documents}
    before = {each.sha256 for each in earlier.sources}
    quoted = {each.identity for each in contents.documents}
    fresh = {each.identity: each for each in contents.documents if each.sha256 not in before}
    for source in earlier.sources:
        if source.sha256 in now:
            continue
        identity = identities.get(source.sha256)
        if identity is None:
            yield Named(_short(source.title), "no longer in the case")
        elif identity in fresh:
            document = fresh.pop(identity)
            yield Named(document.title, f"replaced: version {document.version} is quoted now")
        elif identity in quoted:
            yield Named(_short(source.title), "an earlier version is no longer quoted")
        else:
            yield Named(_short(source.title), "no longer quoted")
    for document in fresh.values():
        yield Named(document.title, "quoted for the first time since")


def _framework(contents: Contents, earlier: Manifest) -> str:
    if earlier.framework == (contents.framework_name, contents.framework_version):
        return ""
    return _short(", ".join(each for each in earlier.framework if each)) or "none named"


def _states(contents: Contents, earlier: Manifest) -> tuple[Named, ...] | None:
    """The state is of all evidence in the case, so other filters leave some out but change none.

    The codes of another framework name other criteria.
    """
    if earlier.states is None or _framework(contents, earlier):
        return None
    found: list[tuple[int, Named]] = []
    for each in contents.chapters:
        now, was = each.coverage.state, earlier.states.get(each.code)
        if was is None or was == now.value:
            continue
        words = f"{STATES[State(was)][1]} → {STATES[now][1]}"
        place = f"criterion-{each.code}" if each.criterion else f"section-{each.code}"
        if was == State.NONE.value:
            found.append((0, Named(each.code, f"{CLOSED}: {words}", place)))
        elif now is State.NONE:
            found.append((1, Named(each.code, f"{OPENED}: {words}", place)))
        else:
            found.append((2, Named(each.code, words, place)))
    return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]))


def _judgements(contents: Contents, earlier: Manifest) -> tuple[Named, ...] | None:
    if earlier.states is None or earlier.judgements is None or _framework(contents, earlier):
        return None
    found = []
    for part in contents.parts:
        for block in part.blocks:
            codes = [each.code for each in block.chapters]
            if not any(code in earlier.states for code in codes):
                continue  # the filters of that pack left it out
            names = [block.judgement.code, *codes] if block.judgement else codes
            was = next((each for each in map(earlier.judgements.get, names) if each), None)
            said = "; ".join(_judged(block.judgement, was))
            if said:
                first = block.chapters[0]
                place = f"block-{first.code}" if first.criterion else f"section-{first.code}"
                found.append(Named(block.name, said, place))
    return tuple(found)


def _judged(now: Judgement | None, was: tuple[str | None, str] | None) -> Iterable[str]:
    if now is None:
        if was is not None:
            yield "judgement taken back"
        return
    if was is None:
        yield f"judged for the first time: {now.grade or 'no grade'}"
        return
    grade, summary = was
    if now.grade != grade:
        yield f"grade: {grade or 'none'} → {now.grade or 'none'}"
    if summary_print(now) != summary:
        yield "summary rewritten" if now.summary else "summary taken away"


def summary_print(judgement: Judgement) -> str:
    """What tells the summary of a judgement from another."""
    return hashlib.sha256(judgement.summary.encode("utf-8", "surrogatepass")).hexdigest()


def _marked(contents: Contents, news: Mapping[str, str]) -> Contents:
    """The same contents with marks at the excerpts that are new or changed, by ids of links."""
    parts = tuple(
        replace(
            part,
            blocks=tuple(
                replace(
                    block,
                    chapters=tuple(
                        replace(
                            chapter,
                            excerpts=tuple(
                                replace(each, news=news.get(each.link.id, ""))
                                for each in chapter.excerpts
                            ),
                        )
                        for chapter in block.chapters
                    ),
                )
                for block in part.blocks
            ),
        )
        for part in contents.parts
    )
    return replace(contents, parts=parts)
