"""Contents → sheets → PDF, with reportlab, in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cambs_evidence.model import Progress
from cambs_evidence.pack import annexed, changed, chapters, closing, front, overview, structure
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import AnnexPage, Contents
from cambs_evidence.pack.crops import Crop
from cambs_evidence.pack.excerpts import Excerpts
from cambs_evidence.pack.figures import Figure
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.press import Press, Printed, cut
from cambs_evidence.pack.sheet import Sheet
from cambs_evidence.pack.tags import Element
from cambs_evidence.typography import new_canvas, register

_MARKING = s.Style(s.STRONG.face, 8.6, 11, s.INK)


@dataclass(slots=True)
class LaidOut:
    """A pack without the sources' pages: its file, and where everything stands in it.

    ``tree`` are its tags, to be added when all else is written. Of each sheet of the annex is told
    its page, and the source's page there. ``pictures`` are those of each page that has some, in
    the order of their names, ``shining`` the pages on which something is marked.
    """

    pdf: BinaryIO
    tree: structure.Tree
    pages: int
    printed: dict[str, Printed]
    annex: list[tuple[int, AnnexPage]]
    pictures: list[tuple[int, list[s.Image]]]
    shining: list[int]


def lay_out(
    contents: Contents,
    geometry: Geometry,
    figures: Mapping[str, Figure],
    crops: Mapping[str, tuple[Crop, ...]],
    fonts: Path,
    out: BinaryIO,
    *,
    linked: bool = True,
) -> Iterator[Progress | LaidOut]:
    """Lays the pack out and draws it; yields progress, and at last what was laid out.

    ``geometry`` gives for a document id and 0-based page its visible box and rotation, ``figures``
    and ``crops`` the pictures by the reference of their excerpts. Unless it is ``linked`` at once,
    its links come with its tree. ``out`` is the file it is drawn into, to be read and written.
    """
    register(fonts)
    canvas = new_canvas(out, f"Evidence pack: {contents.facts.title}", (s.WIDTH, s.HEIGHT))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    press = Press(contents, geometry, figures, crops)
    first = _front(press)
    opening = Element("Sect")
    press.tags.root.kids.append(opening)
    whole = 0
    for step in _body(press, first):
        # What was put down before the step is whole, but for the sheet that is still open.
        for each in press.sheets[whole:-1]:
            each.settle(canvas)
        whole = len(press.sheets) - 1
        yield step
    sheets = _whole(press, first, opening)
    press.number()
    tops = {name: (each.index, min(y + 14, s.HEIGHT)) for each in sheets for name, y in each.places}
    yield from _drawn(press, sheets, canvas, tops if linked else None)
    yield _laid_out(press, sheets, tops, out)


def _front(press: Press) -> int:
    """How many pages cover and contents list take."""
    with press.tags.within(Element("Sect")):  # set for its length alone
        front.put_cover(press)
        front.put_contents_list(press, {})
    count = len(press.sheets)
    press.sheets = []
    return count


def _body(press: Press, first: int) -> Iterator[Progress]:
    """All behind the contents list, before which stand so many pages."""
    contents = press.contents
    total = len(contents.chapters) + len(contents.annex) + 10
    overview.put_coverage(press)
    changed.put_changes(press)
    done = 0
    excerpts = Excerpts(press)
    column = press.column("Evidence")
    for part in contents.parts:
        chapters.put_part(excerpts, column, part)
        done += len(part.chapters)
        yield Progress("layout", done, total)
    closing.put_review(press)
    closing.put_register(press)
    closing.put_index(press, first)
    closing.put_sign_off(press)
    with press.tags.open("Sect"):
        if contents.annex:
            annexed.put_opening(press)
        for number, page in enumerate(contents.annex, start=1):
            with press.tags.open("Sect"):
                annexed.put_page(press, number, page)
            if number % 50 == 0:
                yield Progress("layout", done + number, total)


def _whole(press: Press, first: int, opening: Element) -> list[Sheet]:
    """All sheets, those before the body set with the pages that they name."""
    body = press.sheets
    # The contents list is as long with its true pages as with none: laid out twice.
    where = {name: index + first for index, each in enumerate(body) for name, _ in each.places}
    press.sheets = []
    with press.tags.within(opening):
        front.put_cover(press)
        front.put_contents_list(press, where)
    while len(press.sheets) < first:
        press.sheets.append(Sheet(plain=True, tags=press.tags))
    sheets = [*press.sheets, *body]
    for index, each in enumerate(sheets):
        each.index = index
    return sheets


def _drawn(
    press: Press, sheets: list[Sheet], canvas: Any, tops: structure.Tops | None
) -> Iterator[Progress]:
    """Draws the sheets; with the places of all that jumps lead to, their jumps too."""
    structure.number(sheets)
    yield Progress("drawing", 0, len(sheets))
    for index, each in enumerate(sheets):
        with press.tags.artefact():
            _furniture(press, each, index, len(sheets))
        each.draw(canvas)
        each.bookmark(canvas)
        if tops is not None:
            structure.draw_jumps(canvas, each, tops)
        canvas.showPage()
        if index % 100 == 99:
            yield Progress("drawing", index + 1, len(sheets))
    canvas.showOutline()
    canvas.save()
    # reportlab's objects hold each other: so that they can go at once, they are parted.
    canvas._doc.idToObject.clear()  # noqa: SLF001
    canvas._doc.Pages.pages.clear()  # noqa: SLF001


def _laid_out(press: Press, sheets: list[Sheet], tops: structure.Tops, pdf: BinaryIO) -> LaidOut:
    return LaidOut(
        pdf,
        structure.Tree(press.tags.root, sheets, tops),
        len(sheets),
        press.printed,
        [(each.index, page) for each, page in press.annex],
        [(each.index, each.images) for each in sheets if each.images],
        [each.index for each in sheets if each.shines],
    )


def _furniture(press: Press, sheet: Sheet, index: int, count: int) -> None:
    contents = press.contents
    marking = contents.facts.marking
    if marking:
        for y in (s.HEIGHT - 34, 26):
            sheet.write(marking, s.WIDTH / 2, y, _MARKING, align="centre")
    if sheet.plain:
        return
    title = cut(contents.facts.title, s.SMALL, s.MEASURE * 0.5)
    wide = sheet.write(title, s.LEFT, s.HEIGHT - 54, s.SMALL)
    running = cut(sheet.running, s.SMALL, s.MEASURE - wide - 24)
    sheet.write(running, s.WIDTH - s.RIGHT, s.HEIGHT - 54, s.SMALL, align="right")
    sheet.rule(s.LEFT, s.HEIGHT - 60, s.WIDTH - s.RIGHT, s.HEIGHT - 60, width=0.4)
    sheet.write(f"Evidence pack {contents.number}", s.LEFT, 44, s.SMALL)
    page = f"Page {index + 1} of {count}"
    sheet.write(page, s.WIDTH - s.RIGHT, 44, s.SMALL, align="right")
