"""The evidence as one JSON object with everything in it, for other programs.

Pages are 1-based, as people and scripts see them; boxes are PDF user-space points; offsets are
code points into the page's text. Names and order of what it says do not change within a version
of the format; what is new is added.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from cambs_evidence.model import Action, Anchor, CriterionCoverage, Document, Judgement
from cambs_evidence.pack.contents import Block, Chapter, Contents, Excerpt

FORMAT, VERSION = "cambs-evidence export", 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, indent=1)


def write(contents: Contents) -> Iterator[bytes]:
    """The object as UTF-8, stretch by stretch."""
    # What UTF-8 cannot hold, half of a pair of UTF-16, JSON can tell as it is.
    for each in _ENCODER.iterencode(record(contents)):
        yield each.encode("utf-8", "backslashreplace")
    yield b"\n"


def record(contents: Contents) -> dict[str, Any]:
    """What is written, as plain lists, dicts and values."""
    facts = contents.facts
    period = None
    if facts.period_from or facts.period_until:
        period = f"{facts.period_from or ''}..{facts.period_until or ''}"
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": version("cambs-evidence"),
        "date": contents.date,
        "title": facts.title,
        "authority": facts.authority,
        "period": period,
        "author": facts.author,
        "status": facts.status,
        "marking": facts.marking,
        "framework": {"name": contents.framework_name, "version": contents.framework_version},
        "filters": list(contents.filters),
        "reference": contents.reference,
        "limits": asdict(contents.limits),
        "sections": [
            {
                "number": part.number,
                "title": part.title,
                "blocks": [_block(each) for each in part.blocks],
            }
            for part in contents.parts
        ],
        "documents": [_document(each) for each in contents.documents],
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "name": block.name,
        "judgement": _judgement(block.judgement) if block.judgement else None,
        "actions": [_action(each) for each in block.actions],
        "criteria": [_chapter(each) for each in block.chapters],
    }


def _judgement(told: Judgement) -> dict[str, Any]:
    return {
        "id": told.id,
        "code": told.code,
        "summary": told.summary,
        "grade": told.grade.value if told.grade else None,
        "by": told.by,
        "at": told.at,
    }


def _action(told: Action) -> dict[str, Any]:
    names = ("id", "code", "text", "owner", "due", "done", "link", "by", "at")
    return {name: getattr(told, name) for name in names}


def _chapter(chapter: Chapter) -> dict[str, Any]:
    criterion = chapter.criterion
    return {
        "id": criterion.id if criterion else None,
        "code": chapter.code,
        "label": criterion.label if criterion else None,
        "statement": criterion.statement if criterion else None,
        "marked": chapter.coverage.marked,
        "not_applicable": chapter.not_applicable,
        "coverage": _coverage(chapter.coverage),
        "evidence": [_excerpt(each) for each in chapter.excerpts],
    }


def _coverage(told: CriterionCoverage) -> dict[str, Any]:
    names = ("strength", "development", "neutral", "documents", "oldest", "latest", "conflict")
    return {"state": told.state.value} | {name: getattr(told, name) for name in names}


def _excerpt(each: Excerpt) -> dict[str, Any]:
    link, passage = each.link, each.link.passage
    return {
        "reference": each.reference,
        "id": link.id,
        "passage": passage.id,
        "document": link.document,
        "filename": each.document.filename,
        "sha256": each.document.sha256,
        "page": passage.page + 1,
        "page_end": passage.page_end + 1,
        "page_label": passage.page_label,
        "paragraph": passage.paragraph,
        "quote": each.quote,
        "citation": each.citation,
        "criterion": link.code,
        "polarity": link.polarity.value,
        "note": link.note,
        "by": link.by,
        "at": link.at,
        "old": each.old,
        "anchor": link.hold.value,
        "decision": link.decision,
        "place": _place(passage.anchor),
    }


def _place(anchor: Anchor) -> dict[str, Any]:
    region = anchor.region
    return {
        "layer": anchor.layer_version,
        "spans": [
            {
                "page": span.page + 1,
                "start": span.start,
                "end": span.end,
                "boxes": [list(box) for box in span.quads],
            }
            for span in anchor.spans
        ],
        "prefix": anchor.prefix,
        "suffix": anchor.suffix,
        "source": list(anchor.source) if anchor.source else None,
        "region": region
        and {
            "kind": region.kind,
            "box": list(region.box),
            "cells": [list(row) for row in region.cells],
            "picture": region.picture_sha256,
        },
    }


def _document(document: Document) -> dict[str, Any]:
    names = (
        "title", "filename", "media_type", "size", "sha256", "date", "period", "kind", "issuer",
        "pages", "version", "added_at", "added_by",
    )  # fmt: skip
    return {
        "id": document.identity,
        **{name: getattr(document, name) for name in names},
        "replaced": document.replaced_by is not None,
    }
