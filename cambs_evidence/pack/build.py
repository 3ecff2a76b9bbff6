"""Building a pack: what the case holds → contents → layout → annex → one file, or none."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Generator, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cambs_evidence import paths
from cambs_evidence.errors import Refused, Unwritable
from cambs_evidence.model import Limits, PackOptions, PackResult, Progress
from cambs_evidence.pack import annex, earlier, layout, manifest
from cambs_evidence.pack import part as parts
from cambs_evidence.pack.changes import compared
from cambs_evidence.pack.contents import Contents, compose
from cambs_evidence.pack.figures import figures
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.words import annex_warning, head_words

if TYPE_CHECKING:
    from cambs_evidence.pack.material import Material

#: Given what a pack says, what was laid out, the geometry and the case, in place of what follows.
Instead = Callable[[Contents, layout.LaidOut, Geometry, "Material"], Iterator[Any]]


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
    geometry = Geometry(
        {
            (page.document.id, page.page): material.geometry(page.document, page.page)
            for page in contents.annex
        }
    )
    laid: layout.LaidOut | None = None
    pictures = figures(contents, material.picture)
    for step in layout.lay_out(contents, geometry, pictures, paths.fonts()):
        if isinstance(step, Progress):
            yield step
        else:
            laid = step
    assert laid is not None  # noqa: S101 - the last step is always what was laid out
    if instead is not None:
        yield from instead(contents, laid, geometry, material)
        return
    heads = {each.reference: head_words(each) for each in contents.excerpts}
    told = manifest.write(
        contents, laid.printed, heads, pictures, version("cambs-evidence"), material.log_head
    )
    data = b""
    failed: list[str] = []
    for each in annex.finish(laid, contents, geometry, told, material.page_bytes):
        if isinstance(each, Progress):
            yield each
        else:
            data, failed = each
    _write(target, data)
    yield PackResult(
        path=str(target),
        pages=laid.pages,
        excerpts=len(contents.excerpts),
        sha256=hashlib.sha256(data).hexdigest(),
        warnings=tuple(_warnings(contents, failed)),
    )


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


def _write(target: Path, data: bytes) -> None:
    with parts.whole(target) as part:
        part.write_bytes(data)
