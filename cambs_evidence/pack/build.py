"""Building a pack: what the case holds → contents → layout → annex → one file, or none."""

from __future__ import annotations

import gc
import hashlib
import tempfile
from collections.abc import Callable, Container, Generator, Hashable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from cambs_evidence import paths
from cambs_evidence.errors import Refused, Unwritable
from cambs_evidence.model import Box, Limits, PackOptions, PackResult, Progress
from cambs_evidence.pack import annex, earlier, layout, manifest
from cambs_evidence.pack import part as parts
from cambs_evidence.pack.annex import Picture, Rest
from cambs_evidence.pack.changes import compared
from cambs_evidence.pack.contents import Contents, compose
from cambs_evidence.pack.crops import Crop, Frame
from cambs_evidence.pack.crops import crops as crops_of
from cambs_evidence.pack.figures import Figure, figures
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.images import of_png
from cambs_evidence.pack.painted import Painting, Part
from cambs_evidence.pack.spool import Spool, Spooled
from cambs_evidence.pack.words import annex_warning, head_words

if TYPE_CHECKING:
    from cambs_evidence.pack.material import Material

#: Bytes of a pack that are copied at once.
_PIECE = 1 << 20

#: The pictures of a pack, once they are painted; progress meanwhile.
Images = Callable[[], Generator[Progress, None, dict[Hashable, Picture]]]
#: Given what a pack says, what was laid out, the geometry, the case, how to come by the pictures
#: and where these lie, in place of what follows.
Instead = Callable[[Contents, layout.LaidOut, Geometry, "Material", Images, Spool], Iterator[Any]]


def build(
    material: Material,
    target: Path,
    options: PackOptions,
    limits: Limits,
    instead: Instead | None = None,
) -> Iterator[Progress | PackResult | Any]:
    """Builds a pack out of what the case holds; yields progress, and at last the result.

    The file appears under its name when it is whole: it is written beside it, synced and renamed.
    With ``instead`` the pack is laid out only, and goes on with what that yields.
    """
    collects = gc.isenabled()
    # All that is made is held until the end: to look for what can go takes a third of the time.
    gc.disable()
    try:
        yield from _built(material, target, options, limits, instead)
    finally:
        if collects:
            gc.enable()


def _built(
    material: Material, target: Path, options: PackOptions, limits: Limits, instead: Instead | None
) -> Iterator[Progress | PackResult | Any]:
    if not target.parent.is_dir():
        raise Unwritable(f"The folder {target.parent} does not exist; make it first.")
    _refuse_other(target)
    yield Progress("contents", 0, 1)
    contents = contents_of(material, options, limits)
    if options.since_pack is not None:
        contents = yield from _since(contents, material, Path(options.since_pack), target)
    geometry = Geometry(_seen(contents, material))
    laid: layout.LaidOut | None = None
    pictures = figures(contents, material.picture)
    crops = _crops(contents, material)
    # Where whole pages are carried, their parts are those themselves: see the module cutting.
    to_paint = {} if contents.carries_pages else crops
    with (
        parts.writing(target),
        tempfile.TemporaryFile(dir=target.parent) as drawn,
        Spool(target.parent) as spool,
        _painting(contents, material, to_paint, spool) as painting,
    ):
        linked = instead is not None
        fonts = paths.fonts()
        steps = layout.lay_out(
            contents, geometry, pictures, crops, fonts, cast("BinaryIO", drawn), linked=linked
        )
        for step in steps:
            if isinstance(step, Progress):
                yield step
            else:
                laid = step
        assert laid is not None  # noqa: S101 - the last step is always what was laid out
        if instead is not None:
            images = partial(_images, painting, pictures)
            yield from instead(contents, laid, geometry, material, images, spool)
            return

        def rest(carried: Container[tuple[str, int]]) -> Rest:
            painted = yield from _painted(painting)
            shown = _shown(contents, crops, painted, carried)
            heads = {each.reference: head_words(each) for each in contents.excerpts}
            told = manifest.write(
                contents, printed, heads, pictures, shown, version("cambs-evidence"),
                material.log_head,
            )  # fmt: skip
            return _with_figures(painted, pictures), told

        printed = laid.printed
        failed: list[str] = []
        # A file without a name, since nothing is left of it even where the program is killed.
        with tempfile.TemporaryFile(dir=target.parent) as out:
            pages = material.page_bytes
            for each in annex.finish(laid, contents, geometry, pages, rest, out, spool):
                if isinstance(each, Progress):
                    yield each
                else:
                    failed = each
            out.seek(0)
            with parts.whole(target) as part, part.open("wb") as file:
                digest = _copied(out, file)
    yield PackResult(
        path=str(target),
        pages=laid.pages,
        excerpts=len(contents.excerpts),
        sha256=digest,
        warnings=tuple(_warnings(contents, failed)),
    )


def _copied(out: BinaryIO, file: BinaryIO) -> str:
    """Copies a file from where it stands; the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    while data := out.read(_PIECE):
        digest.update(data)
        file.write(data)
    return digest.hexdigest()


def _shown(
    contents: Contents,
    crops: Mapping[str, Sequence[Crop]],
    painted: Container[Part],
    carried: Container[tuple[str, int]],
) -> dict[str, list[Crop | None]]:
    """The crops of each quote, None for one that could not be drawn."""
    owners = {each.reference: each.document.id for each in contents.excerpts}

    def is_shown(document: str, crop: Crop) -> bool:
        if contents.carries_pages:
            return (document, crop.page) in carried
        return (document, crop.page, crop.frame) in painted

    return {
        name: [each if is_shown(owners[name], each) else None for each in some]
        for name, some in crops.items()
    }


def _seen(contents: Contents, material: Material) -> dict[tuple[str, int], tuple[Box, int, str]]:
    """Visible box, rotation and words of each page of the annex."""
    found = {}
    for document, pages in groupby(contents.annex, key=lambda each: each.document):
        faces = material.faces(document, [each.page for each in pages])
        for number, (shape, text) in faces.items():
            found[document.id, number] = (shape.media, shape.rotation, text)
    return found


def _crops(contents: Contents, material: Material) -> dict[str, tuple[Crop, ...]]:
    if not contents.crops:
        return {}
    documents = {document.id: document for document in contents.documents}

    return crops_of(contents, lambda key, pages: material.layers(documents[key], pages))


def _painting(
    contents: Contents, material: Material, crops: Mapping[str, Sequence[Crop]], spool: Spool
) -> Painting:
    """Has the crops painted, in processes of their own, while the pack is laid out."""
    frames: dict[str, dict[int, list[Frame]]] = {}
    for excerpt in contents.excerpts:
        for crop in crops.get(excerpt.reference, ()):
            on_page = frames.setdefault(excerpt.document.id, {}).setdefault(crop.page, [])
            if crop.frame not in on_page:
                on_page.append(crop.frame)
    documents = {document.id: document for document in contents.documents}
    wanted = {key: (partial(material.page_bytes, documents[key]), on) for key, on in frames.items()}
    return Painting(wanted, spool)


def _painted(painting: Painting) -> Generator[Progress, None, dict[Part, Spooled]]:
    steps = painting.images()
    while True:
        try:
            yield Progress("painting", *next(steps))
        except StopIteration as done:
            return dict(done.value)


def _with_figures(
    painted: Mapping[Part, Spooled], pictures: Mapping[str, Figure]
) -> dict[Hashable, Picture]:
    found: dict[Hashable, Picture] = dict(painted.items())
    return found | {each.sha256: of_png(each.png) for each in pictures.values()}


def _images(
    painting: Painting, pictures: Mapping[str, Figure]
) -> Generator[Progress, None, dict[Hashable, Picture]]:
    return _with_figures((yield from _painted(painting)), pictures)


def _since(
    contents: Contents, material: Material, path: Path, target: Path
) -> Generator[Progress, None, Contents]:
    """The contents, compared with an earlier pack."""
    if target.exists() and path.exists() and target.samefile(path):
        raise Refused(
            f"{target.name} is the earlier pack itself, which would be lost; choose another name.",
            code="exists",
        )
    for step in earlier.read(path, material.links, material.logged):
        if isinstance(step, Progress):
            yield step
        else:
            contents = compared(
                contents, step.manifest, step.sha256, material.links, material.documents
            )
    return contents


def contents_of(material: Material, options: PackOptions, limits: Limits) -> Contents:
    """What a pack with these options says, before it is laid out."""
    return compose(
        material.facts,
        material.framework,
        material.links,
        material.documents,
        material.coverage,
        material.labels,
        options,
        limits,
        material.judgements,
        material.actions,
        material.said,
    )


def _warnings(contents: Contents, failed: list[str]) -> Iterator[str]:
    if contents.annex:
        yield annex_warning(contents)
    for name in failed:
        yield (
            f"The pages of {name} could not be carried into the annex; its quotes are in the pack."
        )
    if not contents.excerpts:
        yield "The pack holds no quotes: nothing is tagged, or nothing passes the filters."


def _refuse_other(target: Path) -> None:
    """A pack may take the place of an earlier pack, never of a case or a letter."""
    if target.exists() and not target.is_file():
        raise Unwritable(f"{target} is no file; choose another name.")
    try:
        with target.open("rb") as file:
            head = file.read(1024)
    except OSError:
        return  # there is nothing, or nothing that can be read: writing will tell
    if head and b"%PDF-" not in head:
        raise Refused(f"{target} exists and is no PDF; choose another name.", code="exists")
