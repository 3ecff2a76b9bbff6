"""Pages of the sources into the annex, and what goes with the file, with pikepdf.

A source's page is carried as a picture is: its marks and the fonts and images they need, nothing
that acts. Links, scripts, attachments and form fields stay behind; what fields and notes show is
drawn into the page first. Or a picture of the page is carried, as PDFium paints it.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Container, Generator, Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pikepdf

from cambs_evidence.model import Box, Document, Progress
from cambs_evidence.pack import behind, cutting, description, painted, seal
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Contents
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.images import Image
from cambs_evidence.pack.layout import LaidOut
from cambs_evidence.pack.scrub import scrub
from cambs_evidence.pack.spool import Spool, Spooled

if TYPE_CHECKING:
    from cambs_evidence.pack.painted import Part

#: A page of a source: the document's id, its 0-based number.
_Page = tuple[str, int]

#: A picture at hand, or put by until the file is saved.
Picture = Image | Spooled

#: The pictures by what the sheets tell them by, and the manifest; progress until they are there.
Rest = Generator[Progress, None, tuple[Mapping[Hashable, Picture], dict[str, Any]]]
#: Given the pages of the sources that are carried, the rest.
Remainder = Callable[[Container[_Page]], Rest]

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
    rest: Remainder,
    out: BinaryIO,
    spool: Spool,
    *,
    tagged: bool = True,
) -> Iterator[Progress | list[str]]:
    """Adds pictures, the sources' pages, manifest, metadata and tags, and writes the file.

    The manifest is sealed here, with the prints of all pages as they are at last. ``rest`` is what
    is waited for as late as can be. What comes last are the names of sources whose pages could not
    be carried.
    """
    wanted = _wanted(laid)
    documents = {document.id: document for document in contents.documents}
    with pikepdf.open(laid.pdf, access_mode=pikepdf.AccessMode.stream) as pack:
        description.mean_letters(pack)
        carried: dict[_Page, pikepdf.Object] = {}
        later = _Later(pack)
        sources = {key: partial(source, documents[key]) for key in wanted}
        steps = (
            _carried(pack, wanted, geometry, sources)
            if contents.carries_pages
            else _painted(later, wanted, geometry, sources, spool)
        )
        for step in steps:
            if isinstance(step, Progress):
                yield step
                continue
            whose, drawn = step
            carried[whose] = drawn
            if len(carried) % 25 == 0:
                yield Progress("annex", len(carried), sum(map(len, wanted.values())))
        images, manifest = yield from rest(carried)
        _fill_in(pack, laid, images, carried, geometry, later)
        pack.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        for index, page in enumerate(pack.pages):
            page.obj.Tabs = pikepdf.Name.S
            page.obj.StructParents = index
        prints = seal.prints(pack, later.prints, laid.tree.links() if tagged else None)
        told = seal.sealed(manifest | {seal.SHEETS: list(prints)})
        if contents.carries_pages:
            description.attach(pack, told)
        else:
            description.conform(pack)
            description.enclose(pack, told, contents)
        del told, manifest  # it is in the file, and takes megabytes
        description.describe(pack, contents, by_standard=not contents.carries_pages)
        yield Progress("writing", 0, 1)
        sink = _Sink(out)
        pack.save(
            cast("BinaryIO", sink),
            deterministic_id=True,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        sink.check()
    del pack
    behind.add(out, laid.tree if tagged else None, partial(later.found, laid, spool))
    yield [
        documents[key].filename
        for key, pages in wanted.items()
        if any((key, page) not in carried for page in pages)
    ]


def _wanted(laid: LaidOut) -> dict[str, list[int]]:
    """The pages of sources that a pack shows, in its annex or by a part, by the documents' ids."""
    found: dict[str, dict[int, None]] = {}
    for _, page in laid.annex:
        found.setdefault(page.document.id, {})[page.page] = None
    for _, images in laid.pictures:
        for image in images:
            if image.cut is not None:
                document, number, _ = cast("Part", image.key)
                found.setdefault(document, {})[number] = None
    return {key: list(pages) for key, pages in found.items()}


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


def _carried(
    pack: pikepdf.Pdf,
    wanted: Mapping[str, Sequence[int]],
    geometry: Geometry,
    sources: Mapping[str, Callable[[], bytes]],
) -> Iterator[tuple[_Page, pikepdf.Object] | Progress]:
    """Carries pages of the sources; yields each, and the form of the pack that draws it."""
    for key, pages in wanted.items():
        with contextlib.suppress(*TROUBLE), opened(sources[key]()) as original:
            seen: set[tuple[int, int]] = set()
            keep_hidden(pack, original, seen)
            for page in pages:
                yield (key, page), carry(pack, original, page, geometry.shape(key, page)[0], seen)


def _painted(
    later: _Later,
    wanted: Mapping[str, Sequence[int]],
    geometry: Geometry,
    sources: Mapping[str, Callable[[], bytes]],
    spool: Spool,
) -> Iterator[tuple[_Page, pikepdf.Object] | Progress]:
    """Paints pages of the sources; yields as :func:`_carried` does."""
    asked = {
        key: (sources[key](), [(page, geometry.shape(key, page)[0]) for page in pages])
        for key, pages in wanted.items()
    }
    made: dict[_Page, Spooled] = {}
    total = sum(map(len, wanted.values()))
    with contextlib.closing(painted.pictures(asked, spool)) as steps:
        for step in steps:
            if isinstance(step, dict):
                made = step
            else:
                yield Progress("annex", step, total)
    for key, pages in wanted.items():
        for page in pages:
            picture = made.pop((key, page), None)
            if picture is not None:
                yield (key, page), later.place(picture)


def _fill_in(
    pack: pikepdf.Pdf,
    laid: LaidOut,
    images: Mapping[Hashable, Picture],
    carried: Mapping[_Page, pikepdf.Object],
    geometry: Geometry,
    later: _Later,
) -> None:
    """Puts pages and pictures on their sheets, each once into the file."""
    pages = [page.obj for page in pack.pages]
    nothing = pack.make_indirect(seal.in_file(pack, _NOTHING))
    for index, page in laid.annex:
        drawn = carried.get((page.document.id, page.page), nothing)
        pages[index].Resources.XObject = pikepdf.Dictionary({cutting.SOURCE: drawn})
    streams: dict[Hashable, pikepdf.Object] = {}
    for index, shown in laid.pictures:
        painted, cut = pikepdf.Dictionary(), pikepdf.Dictionary()
        for number, (key, box) in enumerate(shown):
            name = s.image_name(number)
            if box is not None:
                document, of, frame = cast("Part", key)
                form, shape = carried.get((document, of)), geometry.shape(document, of)
                cut[name] = cutting.pattern(pack, form, frame, box, shape)
                continue
            if key not in streams:
                picture = images.get(key)
                streams[key] = nothing if picture is None else _drawn(pack, picture, later)
            painted[name] = streams[key]
        if painted:
            pages[index].Resources.XObject = painted
        if cut:
            pages[index].Resources.Pattern = cut
    shine = pack.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, BM=pikepdf.Name.Multiply)
    )
    for index in laid.shining:
        pages[index].Resources.ExtGState = pikepdf.Dictionary({s.SHINE: shine})


#: What stands where a picture should that could not be made: one white pixel.
_NOTHING = Image(1, 1, "/ColorSpace /DeviceGray /BitsPerComponent 8", b"\xff")


def _drawn(pack: pikepdf.Pdf, picture: Picture, later: _Later) -> pikepdf.Object:
    if isinstance(picture, Spooled):
        return later.place(picture)
    return pack.make_indirect(seal.in_file(pack, picture))


class _Later:
    """Places in a file that is made for pictures, which come behind it once it is saved.

    Attributes:
        prints: those of the pictures, by the numbers of their places.
    """

    def __init__(self, pack: pikepdf.Pdf) -> None:
        self._pack = pack
        self._numbers: dict[int, Spooled] = {}
        self.prints: dict[tuple[int, int], bytes] = {}

    def place(self, picture: Spooled) -> pikepdf.Object:
        """A place for a picture, told by a number of its own."""
        number = len(self._numbers) + 1
        made = self._pack.make_indirect(pikepdf.Dictionary({_NUMBER: number}))
        self._numbers[number] = picture
        self.prints[made.objgen] = picture.print
        return made

    def found(
        self, laid: LaidOut, spool: Spool, pages: Sequence[Any]
    ) -> dict[int, Callable[[], bytes]]:
        """The places in the file as it was saved, with the pictures that are to be there."""
        if not self._numbers:
            return {}
        sheets = {index for index, _ in laid.annex} | {index for index, _ in laid.pictures}
        return {
            each.objgen[0]: partial(spool.read, self._numbers[int(each[_NUMBER])])
            for index in sorted(sheets)
            for _, each in pages[index].Resources.get("/XObject", pikepdf.Dictionary()).items()
            if _NUMBER in each
        }


#: What tells places apart while a file is made.
_NUMBER = "/Number"


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


def carry(
    pack: pikepdf.Pdf,
    original: pikepdf.Pdf,
    page: int,
    box: Box,
    seen: set[tuple[int, int]],
) -> pikepdf.Object:
    """A page of a source (0-based) that was :func:`opened`, as a form of another file.

    ``box`` is what is seen of it, in its user space; ``seen`` grows, see :func:`scrub`. Raises one
    of :data:`TROUBLE` where it is damaged.
    """
    form = _form(original.pages[page])
    form.BBox = pikepdf.Array(list(box))
    scrub(form, seen)
    return pack.copy_foreign(form)


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
