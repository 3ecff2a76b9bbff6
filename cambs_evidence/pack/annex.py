"""Pages of the sources into the annex, and what goes with the file, with pikepdf.

A source's page is carried as a picture is: its marks and the fonts and images they need, nothing
that acts. Links, scripts, attachments and form fields stay behind; what fields and notes show is
drawn into the page first.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pikepdf

from cambs_evidence.model import Document, Polarity, Progress
from cambs_evidence.pack import layout
from cambs_evidence.pack.contents import AnnexPage, Contents
from cambs_evidence.pack.figures import marked
from cambs_evidence.pack.manifest import NAME

_FILLS = {
    Polarity.STRENGTH: (0.80, 0.94, 0.70),
    Polarity.DEVELOPMENT: (1.0, 0.88, 0.62),
    Polarity.NEUTRAL: (0.88, 0.90, 0.94),
}


def finish(
    laid: layout.LaidOut,
    contents: Contents,
    geometry: layout.Geometry,
    manifest: bytes,
    source: Callable[[Document], bytes],
) -> Iterator[Progress | tuple[bytes, list[str]]]:
    """Adds the sources' pages, highlights, manifest and metadata; at last the file's bytes.

    With the bytes come the names of sources whose pages could not be carried.
    """
    failed: list[str] = []
    with pikepdf.open(io.BytesIO(laid.pdf)) as pack:
        shine = pack.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, BM=pikepdf.Name.Multiply)
        )
        by_document: dict[str, list[tuple[int, AnnexPage]]] = {}
        for index, page in laid.annex:
            by_document.setdefault(page.document.id, []).append((index, page))
        done = 0
        for pages in by_document.values():
            document = pages[0][1].document
            try:
                with _opened(source(document)) as original:
                    for index, page in pages:
                        _carry(pack, original, index, page, geometry)
                        _highlight(pack.pages[index], page, geometry, shine)
                        done += 1
                        if done % 25 == 0:
                            yield Progress("annex", done, len(laid.annex))
            except (
                pikepdf.PdfError, pikepdf.DependencyError, ValueError, RecursionError, IndexError,
            ):  # fmt: skip
                failed.append(document.filename)
        attached = pikepdf.AttachedFileSpec(
            pack, manifest, filename=NAME, description="What this pack claims, to be verified",
            mime_type="application/json", relationship=pikepdf.Name.Data,
        )  # fmt: skip
        pack.attachments[NAME] = attached
        with pack.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = f"Evidence pack: {contents.facts.title}"
            metadata["dc:language"] = ["en-GB"]
            metadata["pdf:Producer"] = "cambs-evidence"
        pack.Root.PageMode = pikepdf.Name.UseOutlines
        out = io.BytesIO()
        yield Progress("writing", 0, 1)
        pack.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    yield out.getvalue(), failed


def _opened(data: bytes) -> pikepdf.Pdf:
    original = pikepdf.open(io.BytesIO(data))
    if any("/Annots" in page for page in original.pages):
        if "/AcroForm" in original.Root:
            original.generate_appearance_streams()
        original.flatten_annotations("print")
    return original


def _carry(
    pack: pikepdf.Pdf,
    original: pikepdf.Pdf,
    index: int,
    page: AnnexPage,
    geometry: layout.Geometry,
) -> None:
    (x0, y0, x1, y1), _ = geometry.of(page)
    form = original.pages[page.page].as_form_xobject(handle_transformations=False)
    form.BBox = pikepdf.Array([x0, y0, x1, y1])
    for name in ("/Metadata", "/PieceInfo", "/AA", "/OC", "/StructParents"):
        if name in form:
            del form[name]
    sheet = pack.pages[index]
    placed = pikepdf.Name("/Source")  # a name of its own choice would differ each time
    sheet.add_resource(pack.copy_foreign(form), pikepdf.Name.XObject, placed)
    a, b, c, d, e, f = geometry.matrix(page)
    box = geometry.on_sheet(page, (x0, y0, x1, y1))
    frame = f"q 0.6 w 0.76 0.79 0.82 RG {_rectangle(box)} S Q\n"
    moved = f"q {a:.5f} {b:.5f} {c:.5f} {d:.5f} {e:.4f} {f:.4f} cm {placed} Do Q\n"
    sheet.contents_add(f"q\n{moved}Q\n{frame}".encode(), prepend=True)


def _highlight(
    sheet: pikepdf.Page, page: AnnexPage, geometry: layout.Geometry, shine: pikepdf.Object
) -> None:
    if not page.excerpts:
        return
    name = pikepdf.Name("/Shine")
    sheet.add_resource(shine, pikepdf.Name.ExtGState, name)
    code = ["q"]
    for excerpt in page.excerpts:
        polarity = excerpt.link.polarity
        fill = " ".join(f"{value:.2f}" for value in _FILLS[polarity])
        _, _, ink, dash = layout.SIGNS[polarity]
        stroke = " ".join(f"{value:.2f}" for value in ink)
        dashes = " ".join(f"{value / 2:.1f}" for value in dash)
        boxes = [
            geometry.on_sheet(page, box) for box in marked(excerpt.link.passage.anchor, page.page)
        ]
        code.append(f"q {name} gs {fill} rg")
        code.extend(f"{_rectangle(box)} f" for box in boxes)
        code.append("Q")
        # The frame tells the polarity in black and white too.
        code.append(f"q 0.7 w {stroke} RG [{dashes}] 0 d")
        code.extend(f"{_rectangle(box)} S" for box in boxes)
        code.append("Q")
    code.append("Q")
    sheet.contents_add("\n".join(code).encode(), prepend=False)


def _rectangle(box: tuple[float, float, float, float]) -> str:
    x0, y0, x1, y1 = box
    return f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re"
