"""What a pack claims, held against what is printed in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cambs_evidence import paths
from cambs_evidence.documents.folding import likeness
from cambs_evidence.pack import manifest
from cambs_evidence.pack.manifest import Claimed, Manifest, Source
from cambs_evidence.pack.verdict import Judged, Task
from cambs_evidence.typography import Face, register, shown
from cambs_evidence.wording import citation_words, meta_words, printed_quote

_PARTS = ("head", "quote", "citation", "note", "meta", "stand")


def print_task(data: bytes, claims: Manifest) -> Task:
    """Asks what the pack prints where its manifest says that something stands."""
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
    return Task(("print", data, boxes, pictures, crops), 2 * len(data), pages)


def judge_print(claims: Manifest, task: Task, judged: Judged) -> None:
    """Judges what :func:`print_task` was answered."""
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


def _judge_cells(item: int, region: manifest.Part, texts: Iterator[str], judged: Judged) -> None:
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
