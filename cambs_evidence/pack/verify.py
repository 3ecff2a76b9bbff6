"""Verifying a pack: nothing in it is trusted.

What is printed and what the manifest claims must agree; then each quote is found again in its
source, by another engine than the one that placed it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cambs_evidence import paths
from cambs_evidence.documents import written
from cambs_evidence.documents.anchors import quads
from cambs_evidence.documents.folding import likeness
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.watched import ELSEWHERE, Pool
from cambs_evidence.errors import CannotOpen, Unreadable
from cambs_evidence.model import (
    MADE_BY,
    Document,
    Failure,
    Link,
    Progress,
    SourceStatus,
    Verification,
)
from cambs_evidence.pack import against_case as proof
from cambs_evidence.pack import images, manifest, witness
from cambs_evidence.pack.asked import Quote
from cambs_evidence.pack.images import Image
from cambs_evidence.pack.likeness import alike, alike_pixels
from cambs_evidence.pack.manifest import Claimed, Manifest, Source
from cambs_evidence.pack.words import MARKERS
from cambs_evidence.typography import Face, register, shown
from cambs_evidence.wording import citation_words, in_words, meta_words, printed_quote

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A source that was found: its bytes as received, and the PDF its pages are shown by.

    ``recognised`` are the text layers of the pages that were recognised by machine, by 0-based
    number; None where only the file is there. ``document`` is what the case says of it.
    """

    status: str
    data: bytes | None = None
    pages: bytes | None = None
    recognised: Mapping[int, PageLayer] | None = None
    document: Document | None = None


@dataclass(slots=True)
class _Task:
    """One request to a witness; ``items`` are the quotes that it is about, where it is of some."""

    request: tuple[Any, ...]
    weight: int
    pages: int
    items: Sequence[int] = ()
    result: Any = None
    trouble: str | None = None
    done: bool = False

    @property
    def ended(self) -> bool:
        return self.done

    def take(self, message: tuple[Any, ...]) -> None:
        what, *rest = message
        if what == "done":
            self.result, self.done = rest[0], True
        elif what == "unread":
            self.trouble, self.done = rest[0], True
        elif what == "fault":
            _log.error("A witness failed with %s\n%s", *rest)
            self.trouble, self.done = "this program made a mistake, which was logged", True

    def fail(self, reason: str) -> None:
        self.trouble, self.done = reason, True


@dataclass(slots=True)
class _Judged:
    """Why quotes are not verified, by their number in the manifest.

    ``printed`` and ``taken`` are their pictures as the pack shows them, and as the source does,
    ``shown`` and ``crops`` their crops.
    """

    reasons: dict[int, str] = field(default_factory=dict)
    unproved: set[int] = field(default_factory=set)
    strangers: list[str] = field(default_factory=list)
    remarks: dict[int, str] = field(default_factory=dict)
    printed: dict[int, bytes] = field(default_factory=dict)
    taken: dict[int, bytes] = field(default_factory=dict)
    shown: dict[int, tuple[Image | None, ...]] = field(default_factory=dict)
    crops: dict[int, tuple[Image, ...]] = field(default_factory=dict)

    def fail(self, item: int, reason: str) -> None:
        self.reasons.setdefault(item, reason)


def verify(
    pack: Path, find: Callable[[Source], Found], links: dict[str, Link] | None
) -> Iterator[Progress | Verification]:
    """Verifies a pack; yields progress, and at last what became of it.

    Args:
        pack: the file.
        find: finds a source that the manifest names.
        links: the links of the case by id, where criterion, polarity and note are to be proved
            too; otherwise None.

    Raises CannotOpen for a file that is no pack.
    """
    data, claims = opened(pack)
    judged = _Judged()
    statuses: list[SourceStatus] = []
    total = len(claims.sources) + 1
    yield Progress("reading", 0, total)
    print_task = _print_task(data, claims)
    tasks = [print_task]
    for place, source in enumerate(claims.sources):
        found = find(source)
        statuses.append(SourceStatus(source.filename, found.status))
        items = [n for n, each in enumerate(claims.excerpts) if each.document == place]
        if found.status == "missing" or found.data is None:
            judged.unproved.update(items)
            continue
        _judge_recognised(claims, place, items, found, judged)
        _judge_made(source, items, found, judged)
        if found.document is not None and found.status == "same":
            proof.of_document(source, items, found.document, judged.fail)
        tasks += [
            _source_task(claims, place, some, found) for some in _shares(claims, items, source)
        ]
    # The longest first, so that no process waits for another at the end.
    tasks.sort(key=lambda task: -task.pages)
    with Pool[_Task](witness.serve) as pool:
        for count, _ in enumerate(each for each in pool.run(tasks) if each is not None):
            yield Progress("proving", count + 1, len(tasks))
    # Whichever ended first, the print speaks first: of several reasons the first is told.
    _judge_print(claims, print_task, judged)
    for task in tasks:
        if task is not print_task:
            _judge_source(claims, task, judged)
    _judge_pictures(judged)
    if links is not None:
        proof.of_links(claims, links, judged.fail)
    failures = _told(claims, judged.reasons)
    failures += tuple(Failure("", "", "", reason) for reason in judged.strangers)
    verified = len(claims.excerpts) - len(set(judged.reasons) | judged.unproved)
    remarks = _told(claims, judged.remarks)
    since = ""
    if claims.before is not None:
        since = (
            f"It says what has changed since pack {claims.before.number} of "
            f"{in_words(claims.before.date)}, a file with the SHA-256 {claims.before.sha256}."
        )
    yield Verification(
        str(pack), len(claims.excerpts), verified, tuple(statuses), failures, remarks, since
    )


def _told(claims: Manifest, reasons: Mapping[int, str]) -> tuple[Failure, ...]:
    return tuple(
        Failure(
            claims.excerpts[item].link,
            claims.sources[claims.excerpts[item].document].filename,
            claims.excerpts[item].quote,
            reason,
        )
        for item, reason in sorted(reasons.items())
    )


def printed_otherwise(data: bytes, claims: Manifest) -> Iterator[Progress | tuple[str, ...]]:
    """Why print and manifest of a pack are not of one mind, if they are not; progress before."""
    judged = _Judged()
    task = _print_task(data, claims)
    yield Progress("earlier", 0, 1)
    with Pool[_Task](witness.serve) as pool:
        for each in pool.run([task]):
            if each is not None:
                _judge_print(claims, task, judged)
    yield (*judged.reasons.values(), *judged.strangers)


def opened(pack: Path) -> tuple[bytes, Manifest]:
    """The bytes of a pack and what it claims; raises CannotOpen for a file that is none."""
    import pikepdf  # noqa: PLC0415 - heavy, and only needed here

    from cambs_evidence.pack import description  # noqa: PLC0415

    if pack.exists() and not pack.is_file():
        raise CannotOpen(f"{pack.name} is no file; choose an evidence pack.", code="not-a-pack")
    try:
        data = pack.read_bytes()
    except FileNotFoundError as error:
        raise CannotOpen(f"There is no pack {pack}; check the name.", code="missing") from error
    except OSError as error:
        raise CannotOpen(f"{pack} cannot be read; check that you may open it.") from error
    try:
        told = description.enclosed(data)
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError) as error:
        raise CannotOpen(
            f"{pack.name} is damaged or no PDF; ask for the pack again.", code="damaged"
        ) from error
    if told is None:
        raise CannotOpen(
            f"{pack.name} is no evidence pack of this program: it holds no manifest.",
            code="not-a-pack",
        )
    return data, manifest.read(told, pack.name)


# --- the print -------------------------------------------------------------------------------

_PARTS = ("head", "quote", "citation", "note", "meta", "stand")


def _print_task(data: bytes, claims: Manifest) -> _Task:
    boxes = [
        stretch
        for each in claims.excerpts
        for part in _PARTS
        for stretch in each.printed.get(part, ())
    ]
    pictures = [
        (*stretch, each.region.pixels)
        for each in claims.excerpts
        if each.region is not None
        for stretch in each.printed.get("picture", ())[:1]
    ]
    boxes += [
        stretch
        for each in claims.excerpts
        if each.region is not None
        for stretches in each.region.printed
        for stretch in stretches
    ]
    crops = [(*crop.printed, crop.frame[2:]) for each in claims.excerpts for crop in each.crops]
    pages = len({page for page, _ in boxes}) + 50 + 4 * (len(pictures) + len(crops))
    return _Task(("print", data, boxes, pictures, crops), 2 * len(data), pages)


def _judge_print(claims: Manifest, task: _Task, judged: _Judged) -> None:
    if task.trouble is not None:
        for item in range(len(claims.excerpts)):
            judged.fail(item, f"the pack itself cannot be read: {task.trouble}")
        return
    printed, references, pictures, crops, sheets, notes = task.result
    unknown = sorted(set(references) - {each.reference for each in claims.excerpts})
    for reference in unknown:
        judged.strangers.append(f"the pack prints {reference}, which its manifest does not hold")
    judged.strangers += _sheets(claims, sheets, notes)
    register(paths.fonts())
    texts = iter(printed)
    shown_there, cropped = iter(pictures), iter(crops)
    for item, each in enumerate(claims.excerpts):
        if each.crops:
            judged.shown[item] = tuple(next(cropped) for _ in each.crops)
        wanted = int(each.region is not None and each.region.picture is not None)
        found = each.printed.get("picture", ())
        if each.region is not None and found:
            judged.printed[item] = next(shown_there)
        if len(found) != wanted:
            judged.fail(item, "the pack prints another number of pictures than there should be")
        for part in _PARTS:
            seen = "\n".join(next(texts) for _ in each.printed.get(part, ()))
            said = _expected(each, claims.sources[each.document], part)
            face = _face(each, part)
            if likeness(_without_sign(seen), _without_sign(_drawn(said, face))) is None:
                shown = " ".join(seen.split())[:100]
                judged.fail(
                    item,
                    f"the pack prints “{shown}” as its {_NAMES[part]}, its manifest says otherwise",
                )

    for item, each in enumerate(claims.excerpts):
        if each.region is not None:
            _judge_cells(item, each.region, texts, judged)


def _judge_cells(item: int, region: manifest.Part, texts: Iterator[str], judged: _Judged) -> None:
    """The cells of a table as they are printed; ``texts`` goes on with what stands in them."""
    cells = [cell for row in region.cells for cell in row]
    for cell, stretches in zip(cells, region.printed, strict=True):
        seen = "\n".join(next(texts) for _ in stretches)
        if not seen.strip() and not cell:
            continue
        # The head of a table is bold, whose face has the same letters.
        if likeness(seen, _drawn(cell, Face.HEADING)) is None:
            there = " ".join(seen.split())[:100]
            judged.fail(
                item, f"the pack prints “{there}” in a cell, its manifest says “{cell[:100]}”"
            )


def _sheets(
    claims: Manifest, sheets: Sequence[str], notes: Sequence[tuple[int, str]]
) -> Iterator[str]:
    """What is wrong with pages as a whole, and with the manifest."""
    if not claims.unbroken:
        yield "the manifest inside the pack was changed after the pack was made"
    for page, kind in notes:
        yield f"page {page + 1} of the pack bears a note that was put on it later ({kind})"
    if claims.sheets is None:
        return  # it was made before pages were told by their prints
    if len(sheets) != len(claims.sheets):
        yield f"the pack has {len(sheets)} pages, its manifest tells of {len(claims.sheets)}"
    for page, (seen, told) in enumerate(zip(sheets, claims.sheets, strict=False), start=1):
        if seen != told:
            yield f"page {page} of the pack does not show what it showed when the pack was made"


_NAMES = {
    "head": "heading",
    "quote": "quote",
    "citation": "citation",
    "note": "note",
    "meta": "line of who tagged it",
    "stand": "decision",
}


def _expected(each: Claimed, source: Source, part: str) -> str:
    """What must be printed, worked out from what is claimed."""
    if part == "quote":
        if each.region is not None and each.region.cells:
            return ""  # its cells are printed
        return printed_quote(each.quote, each.region.kind if each.region else None)
    if part == "note":
        return f"Note: {each.note}" if each.note else ""
    if part == "citation":
        return citation_words(
            source.title, source.date, each.page, each.page_end, each.page_label,
            each.paragraph, recognised=each.recognised is not None,
        )  # fmt: skip
    if part == "meta":
        return meta_words(each.by, each.at)
    if part == "stand":
        if not _stand_agrees(each):
            return "\ufffd"
        return f"{each.reference} {each.criterion}: {each.stand}" if each.stand else ""
    return each.head if _heads_agree(each) else "\ufffd"  # it contradicts what is claimed beside it


#: How a link may stand after the gravest decision of its reviewers.
_STANDS = {
    None: ("open",),
    "accept": ("accepted",),
    "query": ("queried", "answered", "conflicting"),
    "reject": ("rejected", "conflicting"),
}


def _stand_agrees(each: Claimed) -> bool:
    """True where what is said of a review is what its decisions come to."""
    if not each.stand:
        return True
    return each.stand.partition(",")[0] in _STANDS.get(each.decision, ())


def _drawn(text: str, face: Face) -> str:
    """Words as they can be read back from the print; signs that no face has are not told."""
    return shown(text, face)


def _face(each: Claimed, part: str) -> Face:
    small = part == "quote" and each.region is not None and each.region.kind == "area"
    return Face.HEADING if small else _FACES[part]


_FACES = {
    "head": Face.HEADING_BOLD,
    "quote": Face.TEXT,
    "citation": Face.HEADING,
    "note": Face.TEXT_ITALIC,
    "meta": Face.HEADING,
    "stand": Face.HEADING_BOLD,
}


def _heads_agree(each: Claimed) -> bool:
    parts = [part.strip() for part in each.head.split("·")]
    news = [part for part in parts if part.startswith(("new since ", "changed since "))]
    return (
        len(parts) >= 3
        and parts[0].lower() == each.polarity
        and parts[1] == each.criterion
        and parts[2] == each.reference
        and news == [each.news] * bool(each.news)
    )


def _without_sign(text: str) -> str:
    """A heading without the sign of polarity, which every reader names differently."""
    return text.translate(dict.fromkeys(map(ord, "▲▼◆·")))


# --- the sources -----------------------------------------------------------------------------


#: Cited pages that one process reads, so that a long document is shared out.
_SHARE = 120


def _shares(claims: Manifest, items: list[int], source: Source) -> Iterator[list[int]]:
    """The quotes of a source, by numbers in the manifest, as they are shared out."""
    if source.media_type != "application/pdf":
        yield items
        return
    share: list[int] = []
    pages: set[int] = set()
    for item in sorted(items, key=lambda item: claims.excerpts[item].spans[0][0]):
        pages |= {span[0] for span in claims.excerpts[item].spans}
        share.append(item)
        if len(pages) >= _SHARE:
            yield share
            share, pages = [], set()
    if share or not items:
        yield share


def _source_task(claims: Manifest, place: int, items: list[int], found: Found) -> _Task:
    source = claims.sources[place]
    quotes = [
        Quote(
            item,
            each.quote,
            each.spans,
            each.prefix,
            each.suffix,
            each.source,
            each.paragraph,
            each.page_label,
            each.region.box if each.region else None,
            each.region is not None and each.region.picture is not None,
            crops=tuple((crop.page, crop.frame) for crop in each.crops),
            marker=_marker(each),
            kind=each.region.kind if each.region else "",
            cells=each.region.cells if each.region else (),
        )
        for item in items
        for each in (claims.excerpts[item],)
        if each.recognised is None
    ]
    quotes += [
        # What a machine recognised no other reader can read; its picture can be taken again.
        Quote(item, "", each.spans[:1], "", "", None, None, None, each.region.box, True, True)
        for item in items
        for each in (claims.excerpts[item],)
        if each.recognised is not None and each.region is not None and each.region.picture
    ]
    quotes += [
        Quote(
            item, "", each.spans, "", "", None, None, None, None, False, True,
            tuple((crop.page, crop.frame) for crop in each.crops), _marker(each),
        )
        for item in items
        for each in (claims.excerpts[item],)
        if each.recognised is not None and each.crops
    ]  # fmt: skip
    same = found.status == "same"
    data = found.data or b""
    kind, version = source.media_type, source.layer_version
    if MADE_BY in version:
        request: tuple[Any, ...] = ("office", data, found.pages, kind, same, quotes, version)
    elif kind in written.MEDIA_TYPES:
        request = ("plain", data, kind, same, quotes, version)
    elif kind.startswith("image/"):
        request = ("picture", data, same, quotes, version)
    else:
        request = ("pdf", found.pages or data, same, quotes, version)
    cited = len({span[0] for quote in quotes for span in quote.spans})
    pictures = sum(quote.pictured + len(quote.crops) for quote in quotes)
    pages = source.pages + 4 * cited + 4 * pictures
    # To be searched for tables takes a page as long as six to be read.
    pages += 6 * len({quote.spans[0][0] for quote in quotes if quote.cells})
    weight = 4 * len(data) + (ELSEWHERE if MADE_BY in version else 0)
    return _Task(request, weight, pages + 20, items)


def _marker(each: Claimed) -> tuple[float, float, float]:
    """The colour of the marker over a quote; any, where the polarity claimed is none."""
    return next((MARKERS[one] for one in MARKERS if one.value == each.polarity), (1.0, 1.0, 1.0))


def _judge_source(claims: Manifest, task: _Task, judged: _Judged) -> None:
    if task.trouble is not None:
        for item in task.items:
            judged.fail(item, f"its source could not be read again: {task.trouble}")
        return
    for seen in task.result:
        if not seen.found:
            judged.fail(seen.item, seen.reason)
        elif seen.picture:
            judged.taken[seen.item] = seen.picture
        if seen.crops:
            judged.crops[seen.item] = seen.crops
        if seen.remark:
            judged.remarks.setdefault(seen.item, seen.remark)
    for item in task.items:
        each = claims.excerpts[item]
        if (each.spans[0][0], each.spans[-1][0]) != (each.page, each.page_end):
            judged.fail(item, "the page it cites is not the page its place is on")


def _judge_made(source: Source, items: Sequence[int], found: Found, judged: _Judged) -> None:
    """Pages that another program made: they are made once, and none but those count."""
    if MADE_BY not in source.layer_version or found.pages is None or found.status != "same":
        return
    if hashlib.sha256(found.pages).hexdigest() != source.rendition_sha256:
        for item in items:
            judged.fail(item, "the pages that its document is shown by are not those of the pack")


def _judge_recognised(
    claims: Manifest, place: int, items: Sequence[int], found: Found, judged: _Judged
) -> None:
    """Words that a machine recognised: they are what the case keeps, or nobody can tell."""
    source = claims.sources[place]
    for item in items:
        each = claims.excerpts[item]
        if each.recognised is None:
            continue
        how = f"recognised by machine ({each.recognised.replace('-', ' ', 1)})"
        if found.recognised is None:
            judged.unproved.add(item)
            judged.remarks[item] = (
                f"its words were {how}: the file is there, but no reader finds them in it again; "
                "verify the pack with its case"
            )
            continue
        reason = _unlike_kept(each, source, found)
        if reason is not None:
            judged.fail(item, reason)
            continue
        judged.remarks[item] = (
            f"its words were {how}: they are those that the case keeps, its document and the pages "
            "shown are unchanged; no second reader can read them again"
        )


def _unlike_kept(each: Claimed, source: Source, found: Found) -> str | None:
    """What is wrong with a recognised quote, held against what the case keeps."""
    if found.status != "same":
        return "its document changed since its words were recognised"
    shown = source.rendition_sha256
    if shown is not None and hashlib.sha256(found.pages or b"").hexdigest() != shown:
        return "the pages that its document is shown by are not those it was tagged on"
    kept = found.recognised or {}
    texts = []
    by_machine = False
    for page, start, end, claimed in each.spans:
        layer = kept.get(page)
        if layer is None:
            break
        by_machine |= layer.recognition is not None and (
            layer.recognition.made_by == each.recognised
        )
        boxes = quads(layer, start, end)
        if len(boxes) != len(claimed) or any(
            abs(one - other) > 1
            for box, told in zip(boxes, claimed, strict=True)
            for one, other in zip(box, told, strict=True)
        ):
            return "its place on the page is not the one its manifest names"
        texts.append(layer.text[start:end])
    if len(texts) < len(each.spans) or not by_machine:
        return "the case keeps no recognised text for its pages"
    if likeness("\n".join(texts), each.quote) is None:
        return "other words stand at its place in the text that the case keeps"
    label = kept[each.spans[0][0]].label
    if label != each.page_label:
        return f"the page prints “{label}”, the pack cites “{each.page_label}”"
    return None


def _judge_pictures(judged: _Judged) -> None:
    """What the pack shows must be what the source shows."""
    for item, taken in judged.taken.items():
        if item not in judged.printed:
            continue  # said already
        if not alike(judged.printed[item], taken):
            judged.fail(item, "the picture that the pack prints is not what its page shows there")
    for item, crops in judged.crops.items():
        for printed, seen in zip(judged.shown.get(item, ()), crops, strict=False):
            if printed is None or not alike_pixels(images.pixels(printed), images.pixels(seen)):
                judged.fail(item, "the crop that the pack shows is not what its page shows there")


# --- files in a folder -------------------------------------------------------------------------


def in_folder(folder: Path) -> Callable[[Source], Found]:
    """Finds sources in a folder and the folders within: by SHA-256, failing that by name."""
    if not folder.is_dir():
        raise Unreadable(f"There is no folder {folder}; check the name.")
    by_hash: dict[str, Path] = {}
    by_name: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        try:
            if not path.is_file():
                continue
            by_name.setdefault(path.name, path)
            with path.open("rb") as file:
                by_hash.setdefault(hashlib.file_digest(file, "sha256").hexdigest(), path)
        except OSError:
            continue  # what cannot be read is as good as not there: reported as missing

    def find(source: Source) -> Found:
        path = by_hash.get(source.sha256)
        status = "same"
        if path is None:
            path, status = by_name.get(source.filename), "changed"
        if path is None:
            return Found("missing")
        try:
            return Found(status, path.read_bytes())
        except OSError:
            return Found("missing")

    return find
