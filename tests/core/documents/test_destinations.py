"""Where PDFs lead that were made to mislead, and those that were not."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.documents import destinations
from cambs_evidence.documents.destinations import DEEPEST, LONGEST_ADDRESS, MOST_LINKS, links
from cambs_evidence.model import Heading, PageLink
from tests.core.documents.sheets import HEIGHT, WIDTH, painted, wide_face


def _changed(change: Callable[[pikepdf.Pdf], None], data: bytes | None = None) -> bytes:
    out = io.BytesIO()
    blank = data or painted(*[lambda canvas: canvas.drawString(72, 700, "A page")] * 3)
    with pikepdf.open(io.BytesIO(blank)) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def _outline(data: bytes) -> list[Heading]:
    document = pypdfium2.PdfDocument(data)
    try:
        return destinations.outline(document)
    finally:
        document.close()


def _links(data: bytes, page: int = 0) -> list[PageLink]:
    document = pypdfium2.PdfDocument(data)
    try:
        return links(document, page)
    finally:
        document.close()


def _chain(document: pikepdf.Pdf, entries: list[Dictionary]) -> None:
    """Makes entries the outline of a document, one after the other."""
    made = [document.make_indirect(each) for each in entries]
    for one, other in pairwise(made):
        one.Next = other
    root = Dictionary(Type=Name.Outlines, First=made[0], Last=made[-1], Count=len(made))
    document.Root.Outlines = document.make_indirect(root)


def _with_outline(*entries: Dictionary) -> list[Heading]:
    return _outline(_changed(lambda document: _chain(document, list(entries))))


# --- outline -------------------------------------------------------------------------------


def test_entries_come_in_order_with_their_depth_page_and_height() -> None:
    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        canvas.bookmarkPage(f"chapter {page}")
        canvas.bookmarkHorizontal(f"part {page}", 0, 500)
        canvas.addOutlineEntry(f"Chapter {page}", f"chapter {page}", 0)
        canvas.addOutlineEntry(f"Part {page}.1", f"part {page}", 1)

    found = _outline(painted(paint, paint))
    assert [(each.title, each.level, each.page) for each in found] == [
        ("Chapter 1", 0, 0), ("Part 1.1", 1, 0), ("Chapter 2", 0, 1), ("Part 2.1", 1, 1),
    ]  # fmt: skip
    assert found[1].y == pytest.approx(500)


def test_a_document_without_an_outline_has_no_entries() -> None:
    assert _outline(painted(lambda canvas: canvas.drawString(72, 700, "Plain"))) == []


@pytest.mark.parametrize(
    ("view", "height"),
    [
        (["/XYZ", 10, 650, 0], 650), (["/XYZ", None, None, None], None), (["/Fit"], None),
        (["/FitH", 420], 420), (["/FitBH", 80], 80), (["/FitR", 1, 2, 300, 400], 400),
        (["/FitV", 30], None), (["/XYZ", 0, 99_999, 0], None),
    ],
)  # fmt: skip
def test_each_way_to_say_where_on_a_page_is_understood(
    view: list[Any], height: float | None
) -> None:
    def change(document: pikepdf.Pdf) -> None:
        said = [Name(part) if isinstance(part, str) else part for part in view]
        there = Array([document.pages[1].obj, *said])
        _chain(document, [Dictionary(Title=String("There"), Dest=there)])

    assert _outline(_changed(change)) == [Heading("There", 0, 1, height)]


def test_an_outline_that_leads_in_circles_comes_to_an_end() -> None:
    def change(document: pikepdf.Pdf) -> None:
        _chain(document, [Dictionary(Title=String(f"Entry {each}")) for each in range(3)])
        first = document.Root.Outlines.First
        first.Next.Next.Next = first
        first.Next.First = first
        first.First = first

    assert [each.title for each in _outline(_changed(change))] == ["Entry 0", "Entry 1", "Entry 2"]


def test_what_is_nested_without_end_is_followed_to_a_depth() -> None:
    def change(document: pikepdf.Pdf) -> None:
        inner = document.make_indirect(Dictionary(Title=String("Innermost")))
        for each in reversed(range(200)):
            inner = document.make_indirect(Dictionary(Title=String(f"Depth {each}"), First=inner))
        document.Root.Outlines = document.make_indirect(Dictionary(First=inner, Last=inner))

    found = _outline(_changed(change))
    assert [each.level for each in found] == list(range(DEEPEST))


def test_of_too_many_entries_the_first_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destinations, "MOST_ENTRIES", 50)
    found = _with_outline(*[Dictionary(Title=String(f"Entry {each}")) for each in range(90)])
    assert [each.title for each in found] == [f"Entry {each}" for each in range(50)]


def test_reading_an_outline_that_takes_too_long_ends_with_what_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(destinations, "PATIENCE", -1.0)
    assert _with_outline(Dictionary(Title=String("Entry"))) == []


def test_a_title_cannot_steer_how_it_is_shown() -> None:
    found = _with_outline(
        Dictionary(Title=String("Two\r\n lines\tand \u202eturned\u202c round\u2066\u200f")),
        Dictionary(Title=String("\u202e\u0007")),
        Dictionary(Title=String("x" * 5000)),
        Dictionary(),
    )
    assert [each.title for each in found] == ["Two lines and turned round", f"{'x' * 299}…"]


@pytest.mark.parametrize(
    "entry",
    [
        Dictionary(Dest=Array([99, Name.Fit])),
        Dictionary(Dest=Array([-1, Name.Fit])),
        Dictionary(Dest=String("no such name")),
        Dictionary(A=Dictionary(S=Name.GoToR, F=String("other.pdf"), D=Array([0, Name.Fit]))),
        Dictionary(A=Dictionary(S=Name.Launch, F=String("calc.exe"))),
        Dictionary(A=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))),
        Dictionary(A=Dictionary(S=Name.URI, URI=String("https://example.org"))),
    ],
    ids=["beyond", "before", "unknown name", "other file", "program", "script", "address"],
)
def test_what_leads_to_no_page_of_the_document_is_an_entry_without_one(entry: Dictionary) -> None:
    entry.Title = String("Elsewhere")
    assert _with_outline(entry) == [Heading("Elsewhere", 0, None, None)]


# --- links ---------------------------------------------------------------------------------


def _annotated(*annotations: Dictionary) -> list[PageLink]:
    def change(document: pikepdf.Pdf) -> None:
        for each in annotations:
            each.Type, each.Subtype = Name.Annot, Name.Link
        made = [document.make_indirect(each) for each in annotations]
        document.pages[0].Annots = Array(made)

    return _links(_changed(change))


def _uri(address: str) -> Dictionary:
    return Dictionary(S=Name.URI, URI=String(address))


BOX = (100.0, 600.0, 220.0, 614.0)


def test_links_lead_to_addresses_and_into_the_document() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.bookmarkHorizontal("there", 0, 300)
        canvas.linkURL("https://example.org/a?b=c#d", BOX)
        canvas.linkRect("", "there", (100, 500, 220, 514))

    out, inside = _links(painted(paint))
    assert (out.uri, out.page, out.y) == ("https://example.org/a?b=c#d", None, None)
    assert out.box == pytest.approx(BOX)
    assert (inside.uri, inside.page) == (None, 0)
    assert inside.y == pytest.approx(300)


@pytest.mark.parametrize(
    "annotation",
    [
        Dictionary(Rect=Array([1, 1, 9, 9]), A=Dictionary(S=Name.JavaScript, JS=String("1"))),
        Dictionary(Rect=Array([1, 1, 9, 9]), A=Dictionary(S=Name.Launch, F=String("calc.exe"))),
        Dictionary(
            Rect=Array([1, 1, 9, 9]),
            A=Dictionary(S=Name.GoToR, F=String("other.pdf"), D=Array([0, Name.Fit])),
        ),
        Dictionary(Rect=Array([1, 1, 9, 9]), Dest=Array([3, Name.Fit])),
        Dictionary(Rect=Array([1, 1, 9, 9])),
        Dictionary(Rect=Array([1, 1, 9, 9]), A=_uri("")),
        Dictionary(Rect=Array([1, 1, 9, 9]), A=_uri("https://x.org/" + "a" * LONGEST_ADDRESS)),
        Dictionary(Rect=Array([5, 5, 5, 5]), A=_uri("https://x.org/")),
        Dictionary(Rect=Array([900, 900, 950, 950]), A=_uri("https://x.org/")),
        Dictionary(A=_uri("https://x.org/")),
        Dictionary(Rect=Array([1, 1, 9, 9]), A=_uri("https://x.org/"), F=2),
    ],
    ids=[
        "script", "program", "other file", "beyond the last page", "nowhere", "no address",
        "an address cut short would lead elsewhere", "no area", "off the page", "no rectangle",
        "hidden",
    ],
)  # fmt: skip
def test_what_leads_nowhere_or_does_harm_is_no_link(annotation: Dictionary) -> None:
    good = Dictionary(Rect=Array([*BOX]), A=_uri("mailto:someone@example.org"))
    assert [each.uri for each in _annotated(annotation, good)] == ["mailto:someone@example.org"]


def test_an_address_is_given_as_it_is_but_for_what_cannot_be_seen() -> None:
    [found] = _annotated(
        Dictionary(Rect=Array([*BOX]), A=_uri("java\x07script:\nalert(1)\u202e%20é"))
    )
    assert found.uri == "javascript:alert(1)%20é"


def test_a_link_reaches_no_further_than_the_page() -> None:
    [found] = _annotated(
        Dictionary(Rect=Array([-9999, -9999, 9999, 9999]), A=_uri("https://x.org"))
    )
    assert found.box == pytest.approx((0, 0, WIDTH, HEIGHT), abs=0.01)


def test_a_link_over_two_lines_is_one_for_each_of_them() -> None:
    lines = [(150.0, 614.0, 220.0, 626.0), (100.0, 600.0, 140.0, 612.0)]
    corners = [
        figure
        for x0, y0, x1, y1 in lines
        for figure in (x0, y1, x1, y1, x0, y0, x1, y0)
    ]  # fmt: skip
    rect = Array([100, 600, 220, 626])
    found = _annotated(
        Dictionary(Rect=rect, QuadPoints=Array(corners), A=_uri("https://x.org/")),
        Dictionary(Rect=Array([*BOX]), QuadPoints=Array([7000] * 8), A=_uri("https://y.org/")),
    )
    assert [each.box for each in found] == [*lines, BOX]


def test_of_too_many_links_the_first_are_given() -> None:
    many = [
        Dictionary(Rect=Array([*BOX]), A=_uri(f"https://x.org/{each}"))
        for each in range(MOST_LINKS + 20)
    ]
    found = _annotated(*many)
    assert [each.uri for each in found] == [f"https://x.org/{each}" for each in range(MOST_LINKS)]


def test_addresses_that_stand_in_the_text_are_links_unless_an_annotation_covers_them() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "See https://example.org/one for more")
        canvas.drawString(72, 600, "See https://example.org/two for more")
        canvas.drawString(72, 500, "Write to someone@example.org or ftp://example.org/x")
        canvas.drawString(72, 400, "See www.example.org/three as well")
        canvas.linkURL("https://example.net/", (72, 590, 300, 615))

    found = _links(painted(paint))
    assert [each.uri for each in found] == [
        "https://example.net/", "https://example.org/one", "http://www.example.org/three",
    ]  # fmt: skip
    x0, y0, x1, y1 = found[1].box
    assert 85 < x0 < 95
    assert 690 < y0 < 705 < y1 < 715
    assert 190 < x1 < 230


def test_an_address_that_a_lines_end_cuts_off_is_no_link() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(wide_face(), 10)
        canvas.drawString(72, 700, "See https://example.org/help\u2010")
        canvas.drawString(72, 687, "yourself or https://example.org/other")

    assert [each.uri for each in _links(painted(paint))] == ["https://example.org/other"]


@pytest.mark.parametrize("page", [-1, 3, 10**6])
def test_a_page_that_is_not_there_has_no_links(page: int) -> None:
    assert _links(_changed(lambda _: None), page) == []
