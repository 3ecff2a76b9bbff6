"""What a pack claims, held against the sources, by another engine than placed it there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from cambs_evidence.documents import written
from cambs_evidence.documents.anchors import quads
from cambs_evidence.documents.folding import likeness
from cambs_evidence.documents.watched import ELSEWHERE
from cambs_evidence.model import MADE_BY
from cambs_evidence.pack.asked import Cropped, Quote
from cambs_evidence.pack.manifest import Claimed, Manifest, Source
from cambs_evidence.pack.verdict import Found, Judged, Task
from cambs_evidence.pack.words import MARKERS

#: Cited pages that one process reads, so that a long document is shared out.
_SHARE = 120


def shares(claims: Manifest, items: list[int], source: Source) -> Iterator[list[int]]:
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


def source_task(claims: Manifest, place: int, items: list[int], found: Found) -> Task:
    """Asks whether some quotes stand in the source of that place in the manifest."""
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
            crops=_crops(each),
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
            _crops(each), _marker(each),
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
    return Task(request, weight, pages + 20, items)


def _crops(each: Claimed) -> tuple[Cropped, ...]:
    return tuple(
        Cropped(crop.page, crop.frame, crop.printed[1] if crop.cut else None) for crop in each.crops
    )


def _marker(each: Claimed) -> tuple[float, float, float]:
    """The colour of the marker over a quote; any, where the polarity claimed is none."""
    return next((MARKERS[one] for one in MARKERS if one.value == each.polarity), (1.0, 1.0, 1.0))


def judge_source(claims: Manifest, task: Task, judged: Judged) -> None:
    """Judges what :func:`source_task` was answered."""
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


def judge_made(source: Source, items: Sequence[int], found: Found, judged: Judged) -> None:
    """Pages that another program made: they are made once, and none but those count."""
    if MADE_BY not in source.layer_version or found.pages is None or found.status != "same":
        return
    if hashlib.sha256(found.pages).hexdigest() != source.rendition_sha256:
        for item in items:
            judged.fail(item, "the pages that its document is shown by are not those of the pack")


def judge_recognised(
    claims: Manifest, place: int, items: Sequence[int], found: Found, judged: Judged
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
