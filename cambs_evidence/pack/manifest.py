"""The manifest inside a pack: what each quote claims, in a form that a program can check."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cambs_evidence.documents.regions import KINDS, LARGEST
from cambs_evidence.errors import CannotOpen
from cambs_evidence.model import Box, Grade, State
from cambs_evidence.pack import crops as crops_
from cambs_evidence.pack import seal
from cambs_evidence.pack.changes import summary_print
from cambs_evidence.pack.contents import Contents, Excerpt
from cambs_evidence.pack.crops import Frame
from cambs_evidence.pack.figures import Figure
from cambs_evidence.pack.grids import cells_of
from cambs_evidence.pack.press import Printed
from cambs_evidence.pack.reviewed import stand_words
from cambs_evidence.wording import is_recognised, last_day

#: The name of the attachment.
NAME = "manifest.json"
#: A pack without regions is of the first version, one without recognised text of the second, one
#: without crops and tables of the third, one whose crops are painted of the fourth: older programs
#: can verify those too.
FORMAT, VERSION = "cambs-evidence pack", 5
PARTS = ("head", "picture", "quote", "citation", "note", "meta", "stand")
#: Those that packs of earlier days have not.
_LATER = frozenset({"picture", "stand"})

Stretches = tuple[tuple[int, Box], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a page that an excerpt claims to be.

    ``box`` is in user space of its page, ``picture`` the SHA-256 of the PNG that the case keeps,
    ``pixels`` how many of them it has across and down. ``cells`` are the rows of the table that it
    is printed as, ``printed`` where each cell stands, row by row.
    """

    kind: str
    box: Box
    picture: str | None
    pixels: tuple[int, int]
    cells: tuple[tuple[str, ...], ...] = ()
    printed: tuple[Stretches, ...] = ()


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a page (0-based) that is shown, as :class:`cambs_evidence.pack.crops.Crop` says it,
    and where it is printed.

    What is ``cut`` is no picture but the page itself, see :mod:`cambs_evidence.pack.cutting`.
    """

    page: int
    frame: Frame
    printed: tuple[int, Box]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """One quote as the manifest claims it. Pages are 0-based, boxes of the print PDF points.

    ``recognised`` is the version of what read it, where that was a machine; ``news`` what the pack
    says of it since an earlier one, empty where it says nothing; ``decision`` what reviewers say,
    ``stand`` how it stands with them as the pack prints it, empty where it prints nothing of it.
    ``says_decision`` is false in packs that were made before that was claimed.
    """

    reference: str
    link: str
    criterion: str
    polarity: str
    note: str | None
    document: int
    quote: str
    head: str
    by: str
    at: str
    page: int
    page_end: int
    page_label: str | None
    paragraph: str | None
    spans: tuple[tuple[int, int, int, tuple[Box, ...]], ...]
    prefix: str
    suffix: str
    source: tuple[int, int] | None
    printed: dict[str, Stretches]
    region: Part | None = None
    recognised: str | None = None
    crops: tuple[Crop, ...] = ()
    news: str = ""
    decision: str | None = None
    stand: str = ""
    says_decision: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One document as the manifest names it."""

    sha256: str
    filename: str
    title: str
    date: str | None
    media_type: str
    layer_version: str
    rendition_sha256: str | None
    pages: int


@dataclass(frozen=True, slots=True)
class Before:
    """The earlier pack that a pack compares itself with: its number, date and SHA-256."""

    number: str
    date: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a pack claims.

    Attributes:
        date: ISO text of a day.
        framework: its name and version.
        log_head: the hash of the case's newest log entry when the pack was made.
        states: the state of each criterion by its code, None in packs that do not say.
        judgements: of each judged block, by its first criterion, grade and print of the summary;
            None in packs that do not say.
        sheets: prints of all pages, see :mod:`cambs_evidence.pack.seal`; None in older packs.
        unbroken: false where the manifest is not as it was sealed.
    """

    number: str
    sources: tuple[Source, ...]
    excerpts: tuple[Claimed, ...]
    date: str = ""
    title: str = ""
    filters: tuple[str, ...] = ()
    framework: tuple[str, str] = ("", "")
    log_head: str = ""
    states: Mapping[str, str] | None = None
    judgements: Mapping[str, tuple[str | None, str]] | None = None
    before: Before | None = None
    sheets: tuple[str, ...] | None = None
    unbroken: bool = True


def write(
    contents: Contents, printed: dict[str, Printed], heads: dict[str, str],
    figures: Mapping[str, Figure], crops: Mapping[str, Sequence[crops_.Crop | None]],
    program: str, log_head: str,
) -> dict[str, Any]:  # fmt: skip
    """The manifest of a pack, to be sealed.

    ``heads`` gives for each reference the printed words over the quote, ``figures`` the picture
    where there is one, ``crops`` those that are printed, None for one that could not be painted.
    """
    regions = {
        each.reference: _region(each, figures.get(each.reference), printed[each.reference])
        for each in contents.excerpts
    }
    cut = contents.carries_pages
    shown = {name: _crops(some, printed[name], cut=cut) for name, some in crops.items()}
    index = {document.id: place for place, document in enumerate(contents.documents)}
    facts = contents.facts
    changes = contents.changes
    return {
        "format": FORMAT,
        "version": _version(contents, shown, regions),
        "program": program,
        "number": contents.number,
        "date": contents.date,
        "title": facts.title,
        "authority": facts.authority,
        "framework": {"name": contents.framework_name, "version": contents.framework_version},
        "filters": contents.filters,
        "log_head": log_head,
        "criteria": [[each.code, each.coverage.state.value] for each in contents.chapters],
        "judgements": [
            {"code": each.code, "grade": each.grade, "summary": summary_print(each)}
            for part in contents.parts
            for block in part.blocks
            for each in (block.judgement,)
            if each is not None
        ],
        "since": None
        if changes is None
        else {"number": changes.number, "date": changes.date, "sha256": changes.sha256},
        "documents": [
            {
                "sha256": document.sha256,
                "filename": document.filename,
                "title": document.title,
                "date": document.date,
                "media_type": document.media_type,
                "layer_version": document.layer_version,
                "rendition_sha256": document.rendition_sha256,
                "pages": document.pages,
            }
            for document in contents.documents
        ],
        "excerpts": [
            {
                "reference": each.reference,
                "link": each.link.id,
                "criterion": each.link.code,
                "polarity": each.link.polarity.value,
                "note": each.link.note,
                "by": each.link.by,
                "at": each.link.at,
                "document": index[each.document.id],
                "quote": each.quote,
                "head": heads[each.reference],
                "page": each.link.passage.page,
                "page_end": each.link.passage.page_end,
                "page_label": each.link.passage.page_label,
                "paragraph": each.link.passage.paragraph,
                "spans": [
                    [span.page, span.start, span.end, span.quads]
                    for span in each.link.passage.anchor.spans
                ],
                "prefix": each.link.passage.anchor.prefix,
                "suffix": each.link.passage.anchor.suffix,
                "source": each.link.passage.anchor.source,
                "region": regions[each.reference],
                "recognised": _recognised(each),
                "news": each.news,
                "decision": each.link.decision,
                "stand": stand_words(contents, each),
                "print": _stretches(printed[each.reference]),
                **({"crops": shown[each.reference]} if shown.get(each.reference) else {}),
            }
            for each in contents.excerpts
        ],
    }


def _version(
    contents: Contents, shown: Mapping[str, list[Any]], regions: Mapping[str, dict[str, Any] | None]
) -> int:
    if any(shown.values()):
        return 5 if contents.carries_pages else 4
    if any(each and "cells" in each for each in regions.values()):
        return 4
    if any(is_recognised(each.link.passage.anchor) for each in contents.excerpts):
        return 3
    return 2 if any(regions.values()) else 1


def _recognised(excerpt: Excerpt) -> str | None:
    anchor = excerpt.link.passage.anchor
    return anchor.layer_version if is_recognised(anchor) else None


def _region(excerpt: Excerpt, figure: Figure | None, printed: Printed) -> dict[str, Any] | None:
    region = excerpt.link.passage.anchor.region
    if region is None:
        return None
    return {
        "kind": region.kind,
        "box": region.box,
        "picture": region.picture_sha256 if figure else None,
        "pixels": figure.pixels if figure else (0, 0),
        **(
            {"cells": cells_of(region), "printed": [_told(each) for each in printed.cells]}
            if printed.cells
            else {}
        ),
    }


def _crops(
    some: Sequence[crops_.Crop | None], printed: Printed, *, cut: bool
) -> list[dict[str, Any]]:
    is_cut = {"cut": True} if cut else {}
    return [
        {"page": crop.page, "frame": crop.frame, "print": _told([stretch])[0], **is_cut}
        for crop, stretch in zip(some, printed.crops, strict=True)
        if crop is not None
    ]


def _stretches(printed: Printed) -> dict[str, list[list[Any]]]:
    return {name: _told(getattr(printed, name)) for name in PARTS}


def _told(stretches: Sequence[tuple[int, Box]]) -> list[list[Any]]:
    return [[page, [round(value, 2) for value in box]] for page, box in stretches]


def read(data: bytes, name: str) -> Manifest:
    """Reads a manifest; raises CannotOpen where it is none, or of a newer version."""
    broken = CannotOpen(
        f"The manifest inside {name} is damaged, so nothing in it can be proved; ask for the pack "
        "again.",
        code="damaged",
    )
    try:
        told = json.loads(data)
        if told["format"] != FORMAT:
            raise broken
        if told["version"] > VERSION:
            raise CannotOpen(
                f"{name} was made by a newer version of this program; install that version.",
                code="newer",
            )
        sources = tuple(
            Source(
                str(each["sha256"]),
                str(each["filename"]),
                str(each["title"]),
                _when(each["date"]),
                str(each["media_type"]),
                str(each["layer_version"]),
                _text(each["rendition_sha256"]),
                int(each["pages"]),
            )
            for each in told["documents"]
        )
        excerpts = tuple(_claimed(each, len(sources)) for each in told["excerpts"])
        if len({each.reference for each in excerpts}) < len(excerpts):
            raise broken
        return Manifest(
            number=str(told["number"]),
            sources=sources,
            excerpts=excerpts,
            date=date.fromisoformat(told["date"]).isoformat(),
            title=str(told["title"]),
            filters=tuple(map(str, told["filters"])),
            framework=(str(told["framework"]["name"]), str(told["framework"]["version"])),
            log_head=str(told["log_head"]),
            states=_states(told.get("criteria")),
            judgements=_judgements(told.get("judgements")),
            before=_before(told.get("since")),
            sheets=tuple(map(str, told[seal.SHEETS])) if seal.SHEETS in told else None,
            unbroken=seal.unbroken(data, told),
        )
    except (
        ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError,
    ) as error:  # fmt: skip
        raise broken from error


def _states(told: list[Any] | None) -> dict[str, str] | None:
    return None if told is None else {str(code): State(state).value for code, state in told}


def _judgements(told: list[Any] | None) -> dict[str, tuple[str | None, str]] | None:
    if told is None:
        return None
    return {
        str(each["code"]): (Grade(each["grade"]).value if each["grade"] else None,
                            str(each["summary"]))
        for each in told
    }  # fmt: skip


def _before(told: dict[str, Any] | None) -> Before | None:
    if told is None:
        return None
    when = date.fromisoformat(told["date"]).isoformat()
    return Before(str(told["number"]), when, str(told["sha256"]))


def _claimed(told: dict[str, Any], sources: int) -> Claimed:
    document = int(told["document"])
    if not 0 <= document < sources:
        raise IndexError(document)
    source = told["source"]
    spans = tuple(
        (int(page), int(start), int(end), tuple(_box(quad) for quad in quads))
        for page, start, end, quads in told["spans"]
    )
    region = _claimed_region(told.get("region"))
    wordless = region is not None and not told["quote"] and len(spans) == 1
    if not spans or any(
        page < 0 or start < 0 or (start >= end and not wordless) or not quads
        for page, start, end, quads in spans
    ):
        raise ValueError(spans)
    datetime.fromisoformat(told["at"])
    return Claimed(
        reference=str(told["reference"]),
        link=str(told["link"]),
        criterion=str(told["criterion"]),
        polarity=str(told["polarity"]),
        note=_text(told["note"]),
        document=document,
        quote=str(told["quote"]),
        head=str(told["head"]),
        by=str(told["by"]),
        at=str(told["at"]),
        page=int(told["page"]),
        page_end=int(told["page_end"]),
        page_label=_text(told["page_label"]),
        paragraph=_text(told["paragraph"]),
        spans=spans,
        prefix=str(told["prefix"]),
        suffix=str(told["suffix"]),
        source=(int(source[0]), int(source[1])) if source else None,
        printed={
            name: tuple((int(page), _box(box)) for page, box in told["print"][name])
            for name in PARTS
            if name in told["print"] or name not in _LATER
        },
        region=region,
        recognised=_text(told.get("recognised")),
        crops=tuple(_claimed_crop(each) for each in told.get("crops", ())),
        news=str(told.get("news", "")),
        decision=_text(told.get("decision")),
        stand=str(told.get("stand", "")),
        says_decision="decision" in told,
    )


def _text(told: object) -> str | None:
    return None if told is None else str(told)


def _when(told: object) -> str | None:
    """ISO text of a day, month or year that there is."""
    if told is not None:
        last_day(str(told))
    return _text(told)


def _claimed_crop(told: dict[str, Any]) -> Crop:
    x, y, width, height = (int(value) for value in told["frame"])
    if min(x, y) < 0 or min(width, height) < 1 or width * height > 2 * LARGEST:
        raise ValueError(told)
    page, box = told["print"]
    cut = bool(told.get("cut", False))
    return Crop(int(told["page"]), (x, y, width, height), (int(page), _box(box)), cut)


def _claimed_region(told: dict[str, Any] | None) -> Part | None:
    if told is None:
        return None
    width, height = (int(value) for value in told["pixels"])
    box = _box(told["box"])
    kind = str(told["kind"])
    sound = box[0] < box[2] and box[1] < box[3] and kind in KINDS
    if not sound or not (width >= 0 and height >= 0 and width * height <= 2 * LARGEST):
        raise ValueError(told)
    cells = tuple(tuple(str(cell) for cell in row) for row in told.get("cells", ()))
    printed = tuple(
        tuple((int(page), _box(each)) for page, each in stretches)
        for stretches in told.get("printed", ())
    )
    if len(printed) != sum(map(len, cells)) or len({len(row) for row in cells}) > 1:
        raise ValueError(told)
    return Part(kind, box, _text(told["picture"]), (width, height), cells, printed)


def _box(told: list[Any]) -> Box:
    x0, y0, x1, y1 = (float(value) for value in told)
    if not all(map(math.isfinite, (x0, y0, x1, y1))):
        raise ValueError(told)
    return (x0, y0, x1, y1)
