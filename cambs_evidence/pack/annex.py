"""Pages of the sources into the annex, and what goes with the file, with pikepdf.

A source's page is carried as a picture is: its marks and the fonts and images they need, nothing
that acts. Links, scripts, attachments and form fields stay behind; what fields and notes show is
drawn into the page first. Or a picture of the page is carried, as PDFium paints it.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping
from typing import Any, BinaryIO, cast

import pikepdf

from cambs_evidence.model import Document, Progress
from cambs_evidence.pack import description, painted, seal
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import AnnexPage, Contents
from cambs_evidence.pack.figures import marked
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.images import Image
from cambs_evidence.pack.layout import LaidOut
from cambs_evidence.pack.scrub import scrub
from cambs_evidence.pack.words import MARKERS, SIGNS

#: A page of the pack, the source's page on it, and the operator that begins it there.
_Place = tuple[int, AnnexPage, str]

#: A picture at hand, or in a file that is open.
Picture = Image | pikepdf.Object

#: The pictures by what the sheets tell them by, and the manifest; progress until they are there.
Rest = Generator[Progress, None, tuple[Mapping[Hashable, Picture], dict[str, Any]]]

#: What a hostile or damaged source may bring about where its pages are read.
TROUBLE = (
    pikepdf.PdfError, pikepdf.DependencyError, LookupError, TypeError, ValueError, AttributeError,
    RuntimeError,
)  # fmt: skip


def finish(
    laid: LaidOut,
    contents: Contents,
    geometry: Geometry,
    source: Callable[[Document], bytes],
    rest: Callable[[], Rest],
    out: BinaryIO,
) -> Iterator[Progress | list[str]]:
    """Adds pictures, the sources' pages, highlights, manifest and metadata, and writes the file.

    The manifest is sealed here, with the prints of all pages as they are at last. ``rest`` is what
    is waited for as late as can be. What comes last are the names of sources whose pages could not
    be carried.
    """
    by_document: dict[str, list[_Place]] = {}
    for place in laid.annex:
        by_document.setdefault(place[1].document.id, []).append(place)
    with pikepdf.open(io.BytesIO(laid.pdf)) as pack:
        description.mean_letters(pack)
        carried: set[int] = set()
        carry = _painted if contents.annex_kind == "pictures" else _carried
        for index in carry(pack, by_document, geometry, source):
            if isinstance(index, Progress):
                yield index
                continue
            carried.add(index)
            if len(carried) % 25 == 0:
                yield Progress("annex", len(carried), len(laid.annex))
        shine = pack.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, BM=pikepdf.Name.Multiply)
        )
        _mark(pack, laid, carried, geometry, shine)
        images, manifest = yield from rest()
        _fill_in(pack, laid, images, shine)
        pack.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        for index, page in enumerate(pack.pages):
            page.obj.Tabs = pikepdf.Name.S
            page.obj.StructParents = index
        told = seal.sealed(manifest | {seal.SHEETS: list(seal.prints(pack))})
        if by_standard(contents):
            description.conform(pack)
            description.enclose(pack, told, contents)
        else:
            description.attach(pack, told)
        del told  # it is in the file, and takes megabytes
        description.describe(pack, contents, by_standard=by_standard(contents))
        yield Progress("writing", 0, 1)
        sink = _Sink(out)
        pack.save(
            cast("BinaryIO", sink),
            deterministic_id=True,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        sink.check()
    yield [
        places[0][1].document.filename
        for places in by_document.values()
        if any(index not in carried for index, _, _ in places)
    ]


class _Sink(io.RawIOBase):
    """What a PDF is written through into a file, so that what the system refuses comes afterwards.

    Where a write fails qpdf tries once more on its way out, and that ends the whole process.
    """

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out
        self._trouble: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Writes all of it, or nothing any more once that was refused."""
        if self._trouble is None:
            try:
                self._out.write(data)
            except OSError as error:
                self._trouble = error
        return len(data)

    def check(self) -> None:
        """Raises the OSError of what was refused."""
        if self._trouble is not None:
            raise self._trouble
        self._out.flush()


def by_standard(contents: Contents) -> bool:
    """True for a pack that holds to PDF/UA-1 and PDF/A-2b: it carries nothing of others' making."""
    return contents.annex_kind in {"none", "pictures"}


def _carried(
    pack: pikepdf.Pdf,
    by_document: dict[str, list[_Place]],
    geometry: Geometry,
    source: Callable[[Document], bytes],
) -> Iterator[int | Progress]:
    """Carries pages of the sources; yields the pages of the pack that they stand on."""
    for places in by_document.values():
        with contextlib.suppress(*TROUBLE), opened(source(places[0][1].document)) as original:
            seen: set[tuple[int, int]] = set()
            keep_hidden(pack, original, seen)
            for index, page, begin in places:
                _carry(pack, original, index, page, begin, geometry, seen)
                yield index


def _painted(
    pack: pikepdf.Pdf,
    by_document: dict[str, list[_Place]],
    geometry: Geometry,
    source: Callable[[Document], bytes],
) -> Iterator[int | Progress]:
    """Puts pictures of pages where the pages would stand; yields as :func:`_carried` does."""
    wanted = {
        key: (
            source(places[0][1].document),
            [(page.page, geometry.of(page)[0]) for _, page, _ in places],
        )
        for key, places in by_document.items()
    }
    made: dict[tuple[str, int], Image] = {}
    total = sum(len(pages) for _, pages in wanted.values())
    with contextlib.closing(painted.pictures(wanted)) as steps:
        for step in steps:
            if isinstance(step, dict):
                made = step
            else:
                yield Progress("annex", step, total)
    for key, places in by_document.items():
        for index, page, begin in places:
            picture = made.pop((key, page.page), None)
            if picture is not None:
                _put_picture(pack, index, page, begin, geometry, picture)
                yield index


def _mark(
    pack: pikepdf.Pdf,
    laid: LaidOut,
    carried: set[int],
    geometry: Geometry,
    shine: pikepdf.Object,
) -> None:
    """Highlights quotes; a sheet whose page could not be carried shows an empty place."""
    for index, page, begin in laid.annex:
        if index in carried:
            _highlight(pack.pages[index], page, geometry, shine)
        else:
            pack.pages[index].contents_add(f"{begin} EMC".encode(), prepend=True)


def _fill_in(
    pack: pikepdf.Pdf, laid: LaidOut, images: Mapping[Hashable, Picture], shine: pikepdf.Object
) -> None:
    """Puts the pictures on their sheets, each once into the file."""
    streams: dict[Hashable, pikepdf.Object] = {}
    empty = Image(1, 1, "/ColorSpace /DeviceGray /BitsPerComponent 8", b"\xff")
    for index, keys in laid.pictures:
        resources = pack.pages[index].obj.Resources
        resources.XObject = pikepdf.Dictionary()
        for number, key in enumerate(keys):
            if key not in streams:
                streams[key] = _put_by(pack, images.get(key, empty))
            resources.XObject[s.image_name(number)] = streams[key]
    for index in laid.shining:
        pack.pages[index].add_resource(shine, pikepdf.Name.ExtGState, pikepdf.Name(s.SHINE))


def _put_by(pack: pikepdf.Pdf, picture: Picture) -> pikepdf.Object:
    if isinstance(picture, Image):
        return pack.make_indirect(_stream(pack, picture))
    return pack.copy_foreign(picture)


def _stream(pack: pikepdf.Pdf, image: Image) -> pikepdf.Stream:
    stream = pikepdf.Stream(pack, image.data)
    entries = pikepdf.Object.parse(f"<<{image.dictionary}>>".encode())
    for key, value in entries.items():
        stream[key] = value
    return stream


def opened(data: bytes) -> pikepdf.Pdf:
    """A source, what fields and notes show drawn into its pages."""
    original = pikepdf.open(io.BytesIO(data))
    if any("/Annots" in page for page in original.pages):
        if "/AcroForm" in original.Root:
            original.generate_appearance_streams()
        original.flatten_annotations("print")
    return original


def keep_hidden(pack: pikepdf.Pdf, original: pikepdf.Pdf, seen: set[tuple[int, int]]) -> None:
    """Layers that a source hides stay hidden."""
    layers = original.Root.get("/OCProperties")
    if layers is None:
        return
    usual = layers.get("/D", pikepdf.Dictionary())
    every = list(layers.get("/OCGs", []))
    if usual.get("/BaseState") == "/OFF":
        shown = {each.objgen for each in usual.get("/ON", [])}
        hidden = [each for each in every if each.objgen not in shown]
    else:
        hidden = list(usual.get("/OFF", []))
    if not hidden:
        return
    if "/OCProperties" not in pack.Root:
        pack.Root.OCProperties = pikepdf.Dictionary(
            OCGs=[], D=pikepdf.Dictionary(Name="Layers of the sources", Order=[], OFF=[])
        )
    ours = pack.Root.OCProperties
    for each in every:
        scrub(each, seen)
        ours.OCGs.append(pack.copy_foreign(each))
    for each in hidden:
        ours.D.OFF.append(pack.copy_foreign(each))


def _carry(
    pack: pikepdf.Pdf,
    original: pikepdf.Pdf,
    index: int,
    page: AnnexPage,
    begin: str,
    geometry: Geometry,
    seen: set[tuple[int, int]],
) -> None:
    (x0, y0, x1, y1), _ = geometry.of(page)
    form = _form(original.pages[page.page])
    form.BBox = pikepdf.Array([x0, y0, x1, y1])
    scrub(form, seen)
    a, b, c, d, e, f = geometry.matrix(page)
    where = f"{a:.5f} {b:.5f} {c:.5f} {d:.5f} {e:.4f} {f:.4f}"
    _place(pack.pages[index], pack.copy_foreign(form), where, begin, page, geometry)


def _form(page: pikepdf.Page) -> pikepdf.Object:
    """What a page draws, its operators packed as they are: to pack them anew takes far longer."""
    form = page.as_form_xobject(handle_transformations=False)
    drawn: Any = page.obj.get("/Contents")
    if isinstance(drawn, pikepdf.Array) and len(drawn) == 1:
        drawn = drawn[0]
    if isinstance(drawn, pikepdf.Stream) and "/F" not in drawn:
        packed: dict[str, Any] = {
            "filter": drawn.get("/Filter"), "decode_parms": drawn.get("/DecodeParms"),
        }  # fmt: skip
        form.write(drawn.read_raw_bytes(), **packed)
    return form


def _put_picture(
    pack: pikepdf.Pdf,
    index: int,
    page: AnnexPage,
    begin: str,
    geometry: Geometry,
    picture: Image,
) -> None:
    stream = _stream(pack, picture)
    x0, y0, x1, y1 = geometry.on_sheet(page, geometry.of(page)[0])
    where = f"{x1 - x0:.4f} 0 0 {y1 - y0:.4f} {x0:.4f} {y0:.4f}"
    _place(pack.pages[index], pack.make_indirect(stream), where, begin, page, geometry)


def _place(
    sheet: pikepdf.Page,
    drawn: pikepdf.Object,
    where: str,
    begin: str,
    page: AnnexPage,
    geometry: Geometry,
) -> None:
    """Draws a page of a source on its sheet, with a line round it."""
    placed = pikepdf.Name("/Source")  # a name of its own choice would differ each time
    sheet.add_resource(drawn, pikepdf.Name.XObject, placed)
    box = geometry.on_sheet(page, geometry.of(page)[0])
    code = f"{begin} q {where} cm {placed} Do Q EMC\n"
    frame = f"{s.ADORNMENT} q 0.6 w 0.76 0.79 0.82 RG {_rectangle(box)} S Q EMC\n"
    sheet.contents_add(f"{code}{frame}".encode(), prepend=True)


def _highlight(
    sheet: pikepdf.Page, page: AnnexPage, geometry: Geometry, shine: pikepdf.Object
) -> None:
    if not page.excerpts:
        return
    name = pikepdf.Name(s.SHINE)
    sheet.add_resource(shine, pikepdf.Name.ExtGState, name)
    code = [s.ADORNMENT, "q"]
    for excerpt in page.excerpts:
        polarity = excerpt.link.polarity
        fill = " ".join(f"{value:.2f}" for value in MARKERS[polarity])
        _, _, ink, dash = SIGNS[polarity]
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
    code += ["Q", "EMC"]
    sheet.contents_add("\n".join(code).encode(), prepend=False)


def _rectangle(box: tuple[float, float, float, float]) -> str:
    x0, y0, x1, y1 = box
    return f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re"
