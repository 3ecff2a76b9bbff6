"""Bitmaps of pages, out of a real process beside this one."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pikepdf
import psutil
import pypdfium2
import pytest
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.case import Case
from cambs_evidence.documents import painter, watched
from cambs_evidence.documents.night import darken
from cambs_evidence.documents.rendering import LARGEST, Outline, PageLinks, Renderer, Wish
from cambs_evidence.model import Heading, PageLink
from tests.core.documents.sheets import (
    HEIGHT,
    SHARED,
    WIDTH,
    altered,
    broken,
    column,
    painted,
    sentences,
)
from tests.support import children, until

SAMPLES = SHARED / "samples"
#: Where shared memory has names in the file system.
MEMORY = Path("/dev/shm")  # noqa: S108 - looked at only
#: Far more than any wish takes, so that a fault ends a test.
DEADLINE = 60.0

#: Pixels of the largest letter in these tests.
LETTER = 12

Pixels = npt.NDArray[np.uint8]


@dataclass
class Wall:
    """Documents by name, and what became of each wish."""

    documents: dict[str, bytes]
    before_source: Callable[[str], None] = lambda _: None
    hung: dict[Wish, Pixels] = field(default_factory=dict)
    reasons: dict[Wish, str] = field(default_factory=dict)
    delivered: list[Wish] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def source(self, sha256: str) -> bytes:
        self.asked.append(sha256)
        self.before_source(sha256)
        return self.documents.get(sha256, b"")

    def deliver(self, wish: Wish, pixels: memoryview | None, reason: str) -> None:
        with self.news:
            self.delivered.append(wish)
            if pixels is None:
                self.reasons[wish] = reason
            else:
                width, height = wish.clip[2:]
                image = np.frombuffer(pixels, np.uint8).reshape(height, width, 4)
                self.hung[wish] = image[:, :, :3].copy()
                del image
            self.news.notify_all()

    def wait_for(self, *wishes: Wish) -> None:
        """Waits until each wish was delivered or refused."""
        with self.news:
            met = self.news.wait_for(
                lambda: all(wish in self.hung or wish in self.reasons for wish in wishes), DEADLINE
            )
        assert met, "the renderer did not answer"


@pytest.fixture
def wall() -> Wall:
    return Wall({"report": _report(), "other": painted(_words(7))})


@pytest.fixture
def renderer(wall: Wall) -> Iterator[Renderer]:
    made = Renderer(wall.source, wall.deliver)
    yield made
    made.close()
    assert not made._thread.is_alive()


def _words(seed: int) -> Callable[[Canvas], None]:
    def paint(canvas: Canvas) -> None:
        canvas.setFillColor(colors.HexColor("#c03010"))
        canvas.rect(300, 500, 120, 60, fill=1)
        canvas.setFillColor(colors.black)
        column(canvas, broken(" ".join(sentences(seed, 12)), 70), 72, 700)

    return paint


def _report() -> bytes:
    return painted(*[_words(seed) for seed in range(6)])


def _whole(
    sha256: str,
    page: int,
    width: int = 300,
    height: int = 424,
    *,
    turn: int = 0,
    night: bool = False,
) -> Wish:
    return Wish(sha256, page, width, height, (0, 0, width, height), turn, night)


def _pieces(
    sha256: str, width: int, height: int, size: int, *, turn: int = 0, night: bool = False
) -> list[Wish]:
    return [
        Wish(
            sha256,
            0,
            width,
            height,
            (x, y, min(size, width - x), min(size, height - y)),
            turn,
            night,
        )
        for y in range(0, height, size)
        for x in range(0, width, size)
    ]


def _put_together(wall: Wall, pieces: list[Wish]) -> Pixels:
    image = np.zeros((pieces[0].height, pieces[0].width, 3), np.uint8)
    for wish in pieces:
        x, y, width, height = wish.clip
        image[y : y + height, x : x + width] = wall.hung[wish]
    return image


def _own(data: bytes, wish: Wish) -> Pixels:
    """The engine's own picture of a page, in this process, stretched to the size wished for."""
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        page = document[wish.page]
        scale = wish.width / page.get_width()
        bitmap = page.render(scale=scale, prefer_bgrx=True, rev_byteorder=False)
        image: Pixels = bitmap.to_numpy()[:, :, :3].copy()
        page.close()
        return image
    finally:
        document.close()


def _asked(wall: Wall, renderer: Renderer, *wishes: Wish) -> list[Pixels]:
    renderer.wish(wishes)
    wall.wait_for(*wishes)
    assert not wall.reasons
    return [wall.hung[wish] for wish in wishes]


def _child(renderer: Renderer) -> psutil.Process:
    """The process that paints."""
    assert until(lambda: renderer._process is not None)
    assert renderer._process is not None
    return psutil.Process(renderer._process.process.pid)


def _kill(renderer: Renderer) -> psutil.Process:
    """Ends the process that paints, as the system does when memory runs out; waits for it."""
    child = _child(renderer)
    assert renderer._process is not None
    process = renderer._process.process
    child.kill()
    process.join(DEADLINE)
    return child


# --- what is painted -----------------------------------------------------------------------


def test_a_page_is_painted_as_the_engine_paints_it(wall: Wall, renderer: Renderer) -> None:
    for scale in (0.3, 1, 2):
        width, height = round(WIDTH * scale), round(HEIGHT * scale)
        wish = _whole("report", 2, width, height)
        [image] = _asked(wall, renderer, wish)
        assert image.shape == (height, width, 3)
        own = _own(wall.documents["report"], wish)[:height, :width]
        assert image.min() < 100
        assert image.max() == 255
        # The engine's own picture is up to a pixel larger: edges may be a shade apart.
        assert np.abs(image.astype(int) - own.astype(int)).mean() < 4


def test_at_its_own_size_it_is_the_same_to_the_last_pixel(wall: Wall, renderer: Renderer) -> None:
    data = painted(_words(3), size=(400, 500))
    wall.documents["even"] = data
    for scale in (1, 2):
        wish = _whole("even", 0, 400 * scale, 500 * scale)
        [image] = _asked(wall, renderer, wish)
        assert np.array_equal(image, _own(data, wish))


def test_blue_green_and_red_are_in_this_order(wall: Wall, renderer: Renderer) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 0, 0)
        canvas.rect(0, 0, 100, 100, stroke=0, fill=1)

    wall.documents["red"] = painted(paint, size=(100, 100))
    [image] = _asked(wall, renderer, _whole("red", 0, 50, 50))
    assert image[25, 25].tolist() == [0, 0, 255]


@pytest.mark.parametrize("size", [64, 100, 211])
def test_pieces_put_together_are_the_whole(wall: Wall, renderer: Renderer, size: int) -> None:
    pieces = _pieces("report", 300, 424, size)
    whole, *_ = _asked(wall, renderer, _whole("report", 0), *pieces)
    differing = (_put_together(wall, pieces) != whole).any(axis=2)
    # The engine sets a letter that is cut by a piece's edge a fraction of a pixel aside.
    assert differing.mean() < 0.005
    down, across = np.indices(differing.shape) % size
    assert not differing[(down >= LETTER) & (across >= LETTER)].any()


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_painted_turned(wall: Wall, renderer: Renderer, turn: int) -> None:
    upright = painted(_words(4), size=(400, 500))

    def set_rotation(page: pikepdf.Page) -> None:
        page.Rotate = turn

    wall.documents |= {"upright": upright, "turned": altered(upright, set_rotation)}
    size = (500, 400) if turn % 180 else (400, 500)
    straight, turned = _asked(
        wall, renderer, _whole("upright", 0, 400, 500), _whole("turned", 0, *size)
    )
    assert turned.shape == (size[1], size[0], 3)
    back = np.rot90(turned, turn // 90)
    # Each letter is smoothed as it lies, the filled area is the same.
    assert np.abs(back.astype(int) - straight.astype(int)).mean() < 8
    assert np.array_equal(back[-550:-505, 305:395], straight[-550:-505, 305:395])


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("own", [0, 90])
def test_a_page_is_shown_turned_further_than_its_file_says(
    wall: Wall, renderer: Renderer, turn: int, own: int
) -> None:
    def set_rotation(page: pikepdf.Page) -> None:
        page.Rotate = own

    def set_both(page: pikepdf.Page) -> None:
        page.Rotate = (own + turn) % 360

    upright = painted(_words(4), size=(400, 500))
    wall.documents |= {
        "as it is": altered(upright, set_rotation), "turned in the file": altered(upright, set_both)
    }  # fmt: skip
    size = (500, 400) if (own + turn) % 180 else (400, 500)
    shown, said = _asked(
        wall,
        renderer,
        _whole("as it is", 0, *size, turn=turn),
        _whole("turned in the file", 0, *size),
    )
    assert shown.min() < 100
    assert np.array_equal(shown, said)


def test_what_is_filled_into_a_form_turns_with_the_page(wall: Wall, renderer: Renderer) -> None:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(300, 200), invariant=1)
    canvas.acroForm.textfield(name="who", value="By hand", x=20, y=150, width=200, height=30)
    canvas.showPage()
    canvas.save()
    wall.documents["form"] = file.getvalue()
    upright, turned = _asked(
        wall, renderer, _whole("form", 0, 300, 200), _whole("form", 0, 200, 300, turn=90)
    )
    back = np.rot90(turned)
    assert np.abs(back.astype(int) - upright.astype(int)).mean() < 8
    ink = [np.argwhere((image < 128).all(axis=2)).mean(axis=0) for image in (upright, back)]
    assert np.abs(ink[0] - ink[1]).max() < 3


@pytest.mark.parametrize(("turn", "night"), [(90, False), (270, True), (0, True)])
def test_pieces_of_a_page_turned_or_at_night_put_together_are_the_whole(
    wall: Wall, renderer: Renderer, turn: int, night: bool
) -> None:
    width, height = (424, 300) if turn else (300, 424)
    pieces = _pieces("report", width, height, 100, turn=turn, night=night)
    whole, *_ = _asked(
        wall, renderer, _whole("report", 0, width, height, turn=turn, night=night), *pieces
    )
    differing = (_put_together(wall, pieces) != whole).any(axis=2)
    assert differing.mean() < 0.005
    # A letter that is cut reaches from any edge of a piece, as the page lies.
    down, across = (np.minimum(each % 100, 99 - each % 100) for each in np.indices(whole.shape[:2]))
    assert not differing[(down >= LETTER) & (across >= LETTER)].any()


@pytest.mark.parametrize("size", [(300, 424), (1777, 2514)])
def test_at_night_each_pixel_is_the_one_of_the_day_turned(
    wall: Wall, renderer: Renderer, size: tuple[int, int]
) -> None:
    day, night = _asked(
        wall, renderer, _whole("report", 0, *size), _whole("report", 0, *size, night=True)
    )
    parts = day.astype(np.uint32)
    pixels = (parts[:, :, 0] | parts[:, :, 1] << 8 | parts[:, :, 2] << 16).ravel()
    darken(pixels)
    turned = pixels.view(np.uint8).reshape(*day.shape[:2], 4)[:, :, :3]
    assert np.array_equal(night, turned)
    assert night[5, 5].tolist() == [0x1E, 0x1C, 0x1C]


def test_only_what_is_cropped_to_is_painted(wall: Wall, renderer: Renderer) -> None:
    data = painted(_words(5), size=(400, 700))

    def crop(page: pikepdf.Page) -> None:
        page.CropBox = [100, 450, 350, 650]

    wall.documents |= {"full": data, "cropped": altered(data, crop)}
    full, cropped = _asked(
        wall, renderer, _whole("full", 0, 400, 700), _whole("cropped", 0, 250, 200)
    )
    inside = slice(LETTER, -LETTER), slice(LETTER, -LETTER)
    assert np.array_equal(cropped[inside], full[50:250, 100:350][inside])


def test_what_is_filled_into_a_form_is_painted(wall: Wall, renderer: Renderer) -> None:
    def form(value: str) -> bytes:
        file = io.BytesIO()
        canvas = Canvas(file, pagesize=(300, 200), invariant=1)
        canvas.acroForm.textfield(name="who", value=value, x=20, y=100, width=200, height=30)
        canvas.showPage()
        canvas.save()
        return file.getvalue()

    def unpainted(data: bytes) -> bytes:
        """The same without the pictures of its fields, as many programs leave it."""
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as document:
            for each in document.pages[0].Annots:
                del each["/AP"]
            document.Root.AcroForm.NeedAppearances = True
            document.save(out)
        return out.getvalue()

    wall.documents |= {
        "filled": form("Filled in by hand"), "empty": form(""),
        "filled later": unpainted(form("Filled in by hand")), "never": unpainted(form("")),
    }  # fmt: skip
    images = _asked(wall, renderer, *[_whole(name, 0, 300, 200) for name in wall.documents])[2:]
    filled, empty, later, never = [int((image < 128).all(axis=2).sum()) for image in images]
    assert filled > empty + 100
    assert later > never + 100


def test_a_page_of_enormous_size_is_painted_in_pieces(wall: Wall, renderer: Renderer) -> None:
    width, height = 60_000, 40_000
    corner = Wish("huge", 0, width, height, (width - 500, height - 300, 500, 300))
    middle = Wish("huge", 0, width, height, (29_000, 19_000, 4000, 2000))
    assert middle.clip[2] * middle.clip[3] == LARGEST

    def paint(canvas: Canvas) -> None:
        canvas.rect(14_000, 0, 400, 40, stroke=0, fill=1)
        canvas.rect(7100, 4500, 300, 500, stroke=0, fill=1)

    wall.documents["huge"] = painted(paint, size=(14_400, 9600))
    foot, centre = _asked(wall, renderer, corner, middle)
    assert foot.shape == (300, 500, 3)
    assert (foot[:120] == 255).all()
    assert (foot[140:] == 0).all()
    assert centre.shape == (2000, 4000, 3)
    assert set(np.unique(centre).tolist()) >= {0, 255}


def test_more_than_fits_is_refused_and_harms_nothing(wall: Wall, renderer: Renderer) -> None:
    wishes = [
        Wish("report", 0, 9000, 9000, (0, 0, 4000, 2001)),
        Wish("report", 1, 100, 100, (0, 0, 0, 0)),
        Wish("report", 2, 100, 100, (0, 0, -5, 10)),
    ]
    child = _child(renderer)
    renderer.wish(wishes)
    wall.wait_for(*wishes)
    assert set(wall.reasons) == set(wishes)
    good = _whole("report", 3)
    renderer.wish([good])
    wall.wait_for(good)
    assert good in wall.hung
    assert _child(renderer) == child


# --- what is wished for --------------------------------------------------------------------


def test_the_most_wanted_is_painted_first(wall: Wall, renderer: Renderer) -> None:
    wishes = [_whole("report", page) for page in (5, 0, 3, 1, 4, 2)]
    _asked(wall, renderer, *wishes)
    assert wall.delivered == wishes


def test_what_is_wished_for_no_more_is_not_painted(wall: Wall, renderer: Renderer) -> None:
    dropped = [_whole("report", page % 6, 2000, 2800 - page) for page in range(30)]
    last = _whole("other", 0)
    renderer.wish(dropped)
    renderer.wish([last])
    wall.wait_for(last)
    # Those under way at that moment are still delivered.
    assert len(wall.delivered) <= 1 + painter.SLOTS
    renderer.wish([])
    again = _whole("other", 0, 200, 280)
    renderer.wish([again])
    wall.wait_for(again)
    assert len(wall.delivered) <= 2 + painter.SLOTS


def test_what_was_delivered_is_painted_again_when_wished_for_again(
    wall: Wall, renderer: Renderer
) -> None:
    wish = _whole("report", 0)
    [first] = _asked(wall, renderer, wish)
    wall.hung.clear()
    [second] = _asked(wall, renderer, wish)
    assert np.array_equal(first, second)


def test_a_document_is_asked_for_once_while_it_is_in_use(wall: Wall, renderer: Renderer) -> None:
    for page in range(6):
        _asked(wall, renderer, _whole("report", page), _whole("other", 0, 100 + page, 140))
    assert sorted(wall.asked) == ["other", "report"]


def test_many_documents_are_shown_in_turn(wall: Wall, renderer: Renderer) -> None:
    for name in range(9):
        wall.documents[str(name)] = painted(_words(name), size=(200, 200 + name))
    wishes = [_whole(str(name), 0, 200, 200 + name) for name in [*range(9), *range(9)]]
    for wish in wishes:
        [image] = _asked(wall, renderer, wish)
        assert np.array_equal(image, _own(wall.documents[wish.sha256], wish))
        wall.hung.clear()


# --- what cannot be painted ----------------------------------------------------------------


def _without_a_page(data: bytes) -> bytes:
    """A document whose second page cannot be loaded."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.Root.Pages.Kids[1] = pikepdf.Dictionary(Type=pikepdf.Name.Catalog)
        document.save(out)
    return out.getvalue()


def test_a_document_or_page_that_cannot_be_opened_has_a_reason_and_others_go_on(
    wall: Wall, renderer: Renderer
) -> None:
    wall.documents |= {
        "rubbish": b"%PDF-1.7 and nothing more", "cut": _report()[:200],
        "page gone": _without_a_page(_report()),
    }  # fmt: skip
    bad = [
        _whole("rubbish", 0), _whole("cut", 0), _whole("absent", 0), _whole("page gone", 1),
        _whole("report", 6), _whole("report", -1), _whole("report", 10**6),
    ]  # fmt: skip
    good = [_whole("report", 5), _whole("page gone", 0), _whole("other", 0)]
    child = _child(renderer)
    renderer.wish([*bad, *good])
    wall.wait_for(*bad, *good)
    assert set(wall.reasons) == set(bad)
    assert set(wall.hung) == set(good)
    for reason in wall.reasons.values():
        assert reason.strip() == reason != ""
        assert "\n" not in reason
        assert "Error" not in reason
    assert _child(renderer) == child


def test_what_cannot_be_painted_is_not_tried_again(wall: Wall, renderer: Renderer) -> None:
    wall.documents["rubbish"] = b"rubbish"
    first, second = _whole("rubbish", 0), _whole("rubbish", 0, 10, 10)
    renderer.wish([first])
    wall.wait_for(first)
    renderer.wish([second])
    wall.wait_for(second)
    assert wall.reasons[first] == wall.reasons[second]
    assert wall.asked == ["rubbish"]


def test_a_locked_document_has_a_reason(wall: Wall, renderer: Renderer) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(_report())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    wall.documents["locked"] = out.getvalue()
    wish = _whole("locked", 0)
    renderer.wish([wish])
    wall.wait_for(wish)
    assert "password" in wall.reasons[wish]


# --- processes that end --------------------------------------------------------------------


def test_a_process_that_is_killed_at_work_is_replaced_and_costs_one_page(
    wall: Wall, renderer: Renderer
) -> None:
    wishes = [_whole("report", page, 2300, 3250) for page in range(6)]
    renderer.wish(wishes)
    with wall.news:
        assert wall.news.wait_for(lambda: wall.delivered, DEADLINE)
    first = _kill(renderer)
    wall.wait_for(*wishes)
    assert len(wall.reasons) <= 1
    assert len(wall.hung) >= 5
    later = _whole("other", 0)
    renderer.wish([later])
    wall.wait_for(later)
    assert np.array_equal(wall.hung[later].shape, (424, 300, 3))
    assert _child(renderer) != first


def test_a_process_that_is_killed_while_idle_is_replaced_and_costs_nothing(
    wall: Wall, renderer: Renderer
) -> None:
    _asked(wall, renderer, _whole("report", 0))
    for page in range(1, 4):
        before = _kill(renderer)
        _asked(wall, renderer, _whole("report", page), _whole("other", 0, 100 + page, 100))
        assert _child(renderer) != before


def test_a_process_that_dies_as_it_is_asked_loses_no_wish(wall: Wall, renderer: Renderer) -> None:
    killed: list[psutil.Process] = []

    def kill(_: str) -> None:
        if not killed:
            killed.append(_kill(renderer))

    wall.before_source = kill
    wish, after = _whole("report", 0), _whole("other", 0)
    _asked(wall, renderer, wish, after)
    assert killed


def test_a_process_that_dies_each_time_it_is_asked_is_not_asked_for_ever(
    wall: Wall, renderer: Renderer
) -> None:
    def kill(name: str) -> None:
        if name == "report":
            _kill(renderer)

    wall.before_source = kill
    wish, after = _whole("report", 0), _whole("other", 0)
    renderer.wish([wish, after])
    wall.wait_for(wish, after)
    assert set(wall.reasons) == {wish}
    assert set(wall.hung) == {after}


def _bomb() -> bytes:
    """A page that takes for ever: a drawing of ten drawings of ten drawings, and so on."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(200, 200))
        inner = document.make_stream(b"0 0 9 9 re f\n" * 100)
        for _ in range(12):
            inner.Type, inner.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            inner.BBox = [0, 0, 200, 200]
            outer = document.make_stream(b"/X Do 1 0 0 1 1 1 cm\n" * 10)
            outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
            inner = outer
        page.Contents = inner
        page.Resources = inner.Resources
        document.save(out)
    return out.getvalue()


def test_a_page_that_takes_for_ever_is_given_up_and_what_waits_behind_it_is_painted(
    wall: Wall, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "PATIENCE", 1.5)
    monkeypatch.setattr(watched, "MEMORY", 400 * 1024**2)
    # What waits is more than a pipe holds.
    wall.documents |= {"bomb": _bomb(), "large": _report() + b"\n%" + bytes(3_000_000)}
    bomb, large, other = _whole("bomb", 0), _whole("large", 0), _whole("other", 0)
    renderer.wish([bomb, large, other])
    wall.wait_for(bomb, large, other)
    assert set(wall.reasons) == {bomb}
    assert set(wall.hung) == {large, other}


# --- what is asked -------------------------------------------------------------------------


def _linked() -> bytes:
    """Three pages, each with an entry in the outline and a link to an address."""

    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        canvas.bookmarkHorizontal(f"chapter {page}", 0, 500)
        canvas.addOutlineEntry(f"Chapter {page}", f"chapter {page}", 0)
        canvas.linkURL(f"https://example.org/{page}", (100, 600, 200, 620))

    return painted(paint, paint, paint)


@dataclass
class Told:
    """Answers in the order in which they came."""

    answers: list[tuple[object, list[object]]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def ask(self, renderer: Renderer, *questions: Outline | PageLinks) -> None:
        for question in questions:
            if isinstance(question, Outline):
                renderer.ask(question, lambda answer, asked=question: self._take(asked, [*answer]))
            else:
                renderer.ask(question, lambda answer, asked=question: self._take(asked, [*answer]))

    def _take(self, question: object, answer: list[object]) -> None:
        with self.news:
            self.answers.append((question, answer))
            self.news.notify_all()

    def wait_for(self, count: int) -> list[list[object]]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.answers) >= count, DEADLINE)
            return [answer for _, answer in self.answers]


def test_a_document_is_opened_to_answer_and_answers_come_in_order(
    wall: Wall, renderer: Renderer
) -> None:
    wall.documents["linked"] = _linked()
    told = Told()
    asked = [Outline("linked"), PageLinks("linked", 2), Outline("report"), PageLinks("report", 0)]
    told.ask(renderer, *asked)
    outline, links, *none = told.wait_for(4)
    assert [question for question, _ in told.answers] == asked
    assert outline == [Heading(f"Chapter {each + 1}", 0, each, 500.0) for each in range(3)]
    [link] = links
    assert isinstance(link, PageLink)
    assert link.uri == "https://example.org/3"
    assert none == [[], []]
    assert wall.asked == ["linked", "report"]


def test_what_cannot_be_read_has_no_answer_but_an_empty_one(wall: Wall, renderer: Renderer) -> None:
    wall.documents |= {"rubbish": b"rubbish", "page gone": _without_a_page(_linked())}
    child = _child(renderer)
    told = Told()
    told.ask(
        renderer, Outline("rubbish"), Outline("absent"), PageLinks("rubbish", 0),
        PageLinks("page gone", 1), PageLinks("report", 99), PageLinks("page gone", 0),
    )  # fmt: skip
    answers = told.wait_for(6)
    assert answers[:5] == [[]] * 5
    assert len(answers[5]) == 1
    assert _child(renderer) == child


def test_questions_wait_for_what_is_in_view_but_not_for_ever(
    wall: Wall, renderer: Renderer
) -> None:
    wall.documents["linked"] = _linked()
    _asked(wall, renderer, _whole("linked", 0), _whole("report", 0))
    wall.delivered.clear()
    order: list[int] = []
    wishes = [_whole("report", page % 6, 800, 1130 - page) for page in range(24)]
    renderer.wish(wishes)
    renderer.ask(PageLinks("linked", 0), lambda _: order.append(len(wall.delivered)))
    renderer.ask(PageLinks("linked", 1), lambda _: order.append(len(wall.delivered)))
    wall.wait_for(*wishes)
    assert until(lambda: len(order) == 2)
    assert order[0] < order[1] < len(wishes)
    assert order[1] - order[0] >= 3
    assert wall.delivered == wishes


def test_what_was_asked_is_forgotten_when_it_is_told_to(wall: Wall, renderer: Renderer) -> None:
    wall.documents["linked"] = _linked()
    told = Told()

    def forget(_: str) -> None:
        told.ask(renderer, *[PageLinks("linked", page) for page in range(3)])
        renderer.forget()

    wall.before_source = forget
    told.ask(renderer, Outline("linked"))
    assert until(lambda: wall.asked)
    wall.before_source = lambda _: None
    told.ask(renderer, PageLinks("linked", 2))
    told.wait_for(1)
    assert [question for question, _ in told.answers] == [PageLinks("linked", 2)]


def test_a_fault_of_who_is_told_is_logged_and_pages_are_painted_all_the_same(
    wall: Wall, renderer: Renderer, caplog: pytest.LogCaptureFixture
) -> None:
    wall.documents["linked"] = _linked()

    def fail(_: list[Heading]) -> None:
        raise ValueError("the window is gone")

    renderer.ask(Outline("linked"), fail)
    told = Told()
    told.ask(renderer, Outline("linked"))
    told.wait_for(1)
    _asked(wall, renderer, _whole("report", 0))
    assert "the window is gone" in caplog.text


def test_a_process_that_is_killed_while_asked_answers_with_another(
    wall: Wall, renderer: Renderer
) -> None:
    wall.documents["linked"] = _linked()
    killed: list[psutil.Process] = []

    def kill(_: str) -> None:
        if not killed:
            killed.append(_kill(renderer))

    wall.before_source = kill
    told = Told()
    told.ask(renderer, Outline("linked"))
    assert len(told.wait_for(1)[0]) == 3
    assert _child(renderer) not in killed


def test_a_question_that_breaks_the_process_costs_its_answer_and_nothing_else(
    wall: Wall, renderer: Renderer
) -> None:
    wall.documents["linked"] = _linked()

    def kill(name: str) -> None:
        if name == "linked":
            _kill(renderer)

    wall.before_source = kill
    told = Told()
    told.ask(renderer, Outline("linked"), PageLinks("report", 0))
    assert told.wait_for(2) == [[], []]
    asked = len(wall.asked)
    told.ask(renderer, Outline("linked"))
    assert told.wait_for(3)[2] == []
    assert len(wall.asked) == asked
    wall.before_source = lambda _: None
    _asked(wall, renderer, _whole("linked", 0))


def test_a_mistake_in_the_process_is_logged_and_costs_one_answer(
    wall: Wall, renderer: Renderer, caplog: pytest.LogCaptureFixture
) -> None:
    wall.documents["linked"] = _linked()
    told = Told()
    told.ask(renderer, PageLinks("linked", "no number"))  # type: ignore[arg-type]
    told.ask(renderer, PageLinks("linked", 1))
    none, one = told.wait_for(2)
    assert none == []
    assert len(one) == 1
    assert "Traceback" in caplog.text


def test_questions_that_still_wait_do_not_hold_up_closing(wall: Wall) -> None:
    processes = children()
    wall.documents["linked"] = _linked()
    renderer = Renderer(wall.source, wall.deliver)
    told = Told()
    told.ask(renderer, *[PageLinks("linked", page % 3) for page in range(400)])
    told.wait_for(1)
    renderer.close()
    assert not renderer._thread.is_alive()
    assert until(lambda: children() <= processes)


# --- closing -------------------------------------------------------------------------------


def _memories() -> set[str]:
    return {each.name for each in MEMORY.iterdir()} if MEMORY.is_dir() else set()


@pytest.mark.parametrize("when", ["at once", "idle", "at work", "killed"])
def test_closing_leaves_neither_a_process_nor_memory(wall: Wall, when: str) -> None:
    processes, memories = children(), _memories()
    renderer = Renderer(wall.source, wall.deliver)
    if when != "at once":
        _asked(wall, renderer, _whole("report", 0))
        name = renderer._memory.name if renderer._memory else ""
        if MEMORY.is_dir():
            assert name.lstrip("/") in _memories()
    if when == "at work":
        renderer.wish([_whole("report", page % 6, 2300, 3250 - page) for page in range(20)])
    if when == "killed":
        _kill(renderer)
    renderer.close()
    assert not renderer._thread.is_alive()
    assert until(lambda: children() <= processes)
    # Others may make memory of their own meanwhile; ours is gone.
    memory = renderer._memory
    assert memory is not None
    assert memory.name.lstrip("/") not in _memories()
    assert memories - _memories() <= memories


def test_closing_twice_and_wishing_after_it_do_no_harm(wall: Wall) -> None:
    renderer = Renderer(wall.source, wall.deliver)
    _asked(wall, renderer, _whole("report", 0))
    renderer.close()
    renderer.wish([_whole("report", 1)])
    renderer.close()
    assert wall.delivered == [_whole("report", 0)]


def test_two_renderers_do_not_share_what_they_paint(wall: Wall, renderer: Renderer) -> None:
    other = Renderer(wall.source, wall.deliver)
    try:
        wishes = [_whole("report", page) for page in range(3)]
        others = [_whole("report", page) for page in range(3, 6)]
        renderer.wish(wishes)
        other.wish(others)
        wall.wait_for(*wishes, *others)
    finally:
        other.close()
    assert not wall.reasons
    for wish in [*wishes, *others]:
        own = _own(wall.documents["report"], wish)[:424, :300]
        assert np.abs(wall.hung[wish].astype(int) - own.astype(int)).mean() < 8


# --- through the door, and other people's files --------------------------------------------


def test_pages_of_a_case_are_painted_by_the_name_of_what_shows_them(case: Case) -> None:
    wall = Wall({})
    renderer = case.renderer(wall.deliver)
    try:
        wishes = [
            _whole(document.rendition_sha256 or document.sha256, page)
            for document in case.documents()
            for page in range(document.pages)
        ]
        unknown = _whole("0" * 64, 0)
        renderer.wish([unknown, *wishes])
        wall.wait_for(unknown, *wishes)
    finally:
        renderer.close()
    assert set(wall.reasons) == {unknown}
    assert all(image.min() < 128 for image in wall.hung.values())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples is not here")
def test_other_peoples_files_are_painted_or_have_a_reason(
    wall: Wall, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "PATIENCE", 5.0)
    wall.documents |= {each.name: each.read_bytes() for each in SAMPLES.glob("*.pdf")}
    wishes = [_whole(name, 0) for name in sorted(wall.documents)]
    begun = _child(renderer)
    renderer.wish(wishes)
    for wish in wishes:
        wall.wait_for(wish)
    assert not any("mistake" in reason for reason in wall.reasons.values())
    assert len(wall.hung) > 0.8 * len(wishes)
    broken_off = [wish for wish, reason in wall.reasons.items() if "broke off" in reason]
    assert broken_off == []
    if not any("too long" in each or "memory" in each for each in wall.reasons.values()):
        assert _child(renderer) == begun
