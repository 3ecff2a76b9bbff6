"""A document's pages with those left blank that nobody cites; every page keeps its place."""

from __future__ import annotations

import io
from collections.abc import Collection

import pikepdf

from cambs_evidence.errors import Refused
from cambs_evidence.model import PageShape
from cambs_evidence.pack.annex import TROUBLE, keep_hidden, opened
from cambs_evidence.pack.scrub import scrub


def cut(data: bytes, cited: Collection[int], shapes: list[PageShape], name: str) -> bytes:
    """A PDF with as many pages, of the same sizes; what is not cited (0-based) is blank.

    The marks of the others are carried as a picture is, without what acts or leads elsewhere.
    Raises Refused where the pages of ``name`` cannot be taken apart.
    """
    try:
        with opened(data) as original, pikepdf.new() as made:
            seen: set[tuple[int, int]] = set()
            keep_hidden(made, original, seen)
            for number, shape in enumerate(shapes):
                made.pages.append(
                    pikepdf.Page(
                        pikepdf.Dictionary(
                            Type=pikepdf.Name.Page,
                            MediaBox=pikepdf.Array(shape.media),
                            Rotate=shape.rotation,
                            Resources=pikepdf.Dictionary(),
                            Contents=made.make_stream(b""),
                        )
                    )
                )
                if number not in cited:
                    continue
                form = original.pages[number].as_form_xobject(handle_transformations=False)
                form.BBox = pikepdf.Array(shape.media)
                scrub(form, seen)
                page, placed = made.pages[number], pikepdf.Name("/Source")
                page.add_resource(made.copy_foreign(form), pikepdf.Name.XObject, placed)
                page.contents_add(f"q {placed} Do Q".encode())
            out = io.BytesIO()
            made.save(out, deterministic_id=True)
            return out.getvalue()
    except TROUBLE as error:
        raise Refused(
            f"The pages of {name} cannot be taken apart; give all pages along (--pages all).",
            code="cannot-cut",
        ) from error
