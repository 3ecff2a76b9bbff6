"""A pack to be looked at: laid out and drawn as it will be, with what is to be known of it.

What nobody sees is left out where that saves time. Pictures, and the documents' own pages that go
with the pack, come second, since they take the longest: until then their sheets are told to be
unfinished.
"""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cambs_evidence.errors import Unwritable
from cambs_evidence.model import (
    Hold,
    Limits,
    PackOptions,
    PackPreview,
    PackResult,
    Progress,
    State,
)
from cambs_evidence.pack import annex
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.annex import Rest
from cambs_evidence.pack.build import Images, build
from cambs_evidence.pack.contents import Contents, counted
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.layout import LaidOut
from cambs_evidence.pack.spool import Spool

if TYPE_CHECKING:
    from cambs_evidence.pack.material import Material

#: Pages of documents up to which they are shown unasked; a picture takes far longer than a page.
MOST, MOST_PICTURES = 400, 60


def preview(
    material: Material, folder: Path, options: PackOptions, limits: Limits, *, whole: bool
) -> Iterator[Progress | PackPreview]:
    """Lays a pack out into a file of a folder; yields progress and one preview or two.

    Documents' own pages are left out where they are many, unless ``whole``.
    """

    def instead(
        contents: Contents,
        laid: LaidOut,
        geometry: Geometry,
        material: Material,
        images: Images,
        spool: Spool,
    ) -> Iterator[Progress | PackPreview]:
        most = MOST_PICTURES if contents.annex_kind == "pictures" else MOST
        carries = whole or len(laid.annex) <= most
        annexed = frozenset(index for index, _ in laid.annex)
        pictured = frozenset(laid.shining) | {index for index, _ in laid.pictures}
        pictured -= annexed
        first = PackPreview(
            name=_write(folder, laid.pdf),
            pages=laid.pages,
            size=(s.WIDTH, s.HEIGHT),
            excerpts=len(contents.excerpts),
            documents=len(contents.documents),
            gaps=sum(each.coverage.state is State.NONE for each in contents.chapters),
            left_out=annexed,
            unpainted=pictured,
            unfinished=bool(pictured or (carries and annexed)),
            remarks=tuple(_remarks(contents)),
        )
        yield first
        if not first.unfinished:
            return

        def rest(_: object) -> Rest:
            return (yield from images()), {}

        kept = laid if carries else replace(laid, annex=[])
        failed: list[str] = []
        with _fresh(folder) as (name, out):
            pages = material.page_bytes
            steps = annex.finish(kept, contents, geometry, pages, rest, out, spool, tagged=False)
            for step in steps:
                if isinstance(step, Progress):
                    yield step
                else:
                    failed = step
        yield replace(
            first,
            name=name,
            left_out=frozenset() if carries else annexed,
            unpainted=frozenset(),
            unfinished=False,
            remarks=first.remarks + tuple(map(_not_carried, failed)),
        )

    try:
        for each in build(material, folder / "preview.pdf", options, limits, instead):
            if not isinstance(each, PackResult):
                yield each
    except Unwritable as error:  # it names a file of which nobody knows
        full = error.code == "disk-full"
        raise Unwritable(
            f"There is no room for the preview in {folder.parent}; make room on that disk."
            if full
            else f"The preview cannot be kept in {folder.parent}; check that you may write there.",
            code="disk-full" if full else "unwritable",
        ) from error


def _write(folder: Path, drawn: BinaryIO) -> str:
    drawn.seek(0)
    with _fresh(folder) as (name, out):
        shutil.copyfileobj(drawn, out)
    return name


@contextlib.contextmanager
def _fresh(folder: Path) -> Iterator[tuple[str, BinaryIO]]:
    """A new file in a folder, with its name; taken away where it does not become whole."""
    name = uuid.uuid4().hex
    path = folder / name
    try:
        path.touch(mode=0o600)
        with path.open("wb+") as out:
            yield name, out
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _not_carried(name: str) -> str:
    return f"The pages of {name} cannot be carried; its quotes are in the pack."


def _remarks(contents: Contents) -> Iterator[str]:
    excerpts = contents.excerpts
    if not excerpts:
        yield "It holds no quotes: nothing is tagged, or nothing passes what was chosen."
    for hold, words in (
        (Hold.LOST, "not found in the new version of its document"),
        (Hold.MOVED, "not confirmed in the new version of its document"),
    ):
        count = sum(each.link.hold is hold for each in excerpts)
        if count:
            plural = " each" if count > 1 else ""
            yield f"{counted(count, 'quote')}{plural} {words}; it is quoted from the old one."
    if contents.annex:
        yield (
            f"{counted(len(contents.annex), 'whole page')} of "
            f"{counted(len(contents.documents), 'document')} go with it. Such pages concern "
            "children: read them before you pass the pack on."
        )
    if not contents.facts.marking:
        yield "It bears no protective marking: “About this case” sets one."
    open_ = [part.number for part in contents.parts if not _is_signed(contents, part.number)]
    if open_:
        plural = "s" if len(open_) > 1 else ""
        yield f"Not signed off: section{plural} {_ranges(open_)}."


def _is_signed(contents: Contents, number: int) -> bool:
    return any(each.section == number and not each.reopened for each in contents.sign_offs)


def _ranges(numbers: list[int]) -> str:
    """Numbers in order as people write them: 1–4, 6."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and each == runs[-1][-1] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
