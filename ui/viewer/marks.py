"""Highlights on a page: which there are, how those on the same words are told apart, how drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from cambs_evidence.model import Box, Link, Polarity
from ui.theme import SIGNS, Paper
from ui.viewer.geometry import AT_100, PageMap

#: Logical pixels from one line under the words to the next, at 100 %.
_LANE = 2.6


@dataclass(frozen=True, slots=True)
class Mark:
    """What a passage looks like on one page.

    ``lane`` counts the passages before it that hold some of the same words; ``links`` are those
    of the passage, ``polarities`` theirs, each once; ``first`` says that the passage begins on
    this page. ``kind`` is empty for words; otherwise the passage is a part of the page, an
    ``area``, a ``table``, a ``row`` or a ``cell``, with one box.
    """

    passage_id: str
    boxes: tuple[Box, ...]
    start: int
    end: int
    links: tuple[Link, ...]
    lane: int
    first: bool
    polarities: tuple[Polarity, ...]
    kind: str = ""


def marks_by_page(links: Iterable[Link]) -> dict[int, list[Mark]]:
    """The marks of a document's links, by 0-based page."""
    by_passage: dict[str, list[Link]] = {}
    for link in links:
        by_passage.setdefault(link.passage.id, []).append(link)
    raw: dict[int, list[tuple[int, int, str, tuple[Box, ...], bool]]] = {}
    kinds: dict[str, str] = {}
    for passage_id, members in by_passage.items():
        anchor = members[0].passage.anchor
        if anchor.region is not None:
            begun, ended = anchor.spans[0], anchor.spans[-1]
            kinds[passage_id] = anchor.region.kind
            raw.setdefault(begun.page, []).append(
                (begun.start, ended.end, passage_id, (anchor.region.box,), True)
            )
            continue
        for place, span in enumerate(anchor.spans):
            raw.setdefault(span.page, []).append(
                (span.start, span.end, passage_id, span.quads, place == 0)
            )
    found: dict[int, list[Mark]] = {}
    for page, stretches in raw.items():
        lanes: list[int] = []  # where each lane's last passage ends
        stretches.sort(key=lambda each: each[:3])
        for start, end, passage_id, boxes, first in stretches:
            lane = next((n for n, until in enumerate(lanes) if until <= start), len(lanes))
            if lane == len(lanes):
                lanes.append(end)
            else:
                lanes[lane] = end
            links_here = tuple(sorted(by_passage[passage_id], key=lambda each: (each.at, each.id)))
            found.setdefault(page, []).append(
                Mark(
                    passage_id,
                    boxes,
                    start,
                    end,
                    links_here,
                    lane,
                    first,
                    tuple(each for each in Polarity if each in {x.polarity for x in links_here}),
                    kinds.get(passage_id, ""),
                )
            )
    return found


def rectangle(page: PageMap, box: Box, origin: QPointF, ratio: float) -> QRectF:
    """A box of user space in logical pixels of the widget."""
    x, y, width, height = page.box(box)
    return QRectF(origin.x() + x / ratio, origin.y() + y / ratio, width / ratio, height / ratio)


def counted(marks: Iterable[Mark]) -> str:
    """How many highlights there are, in words: ``3 highlights (2 strength, 1 development)``.

    One that goes over several pages counts once; one that says two things counts for both.
    """
    passages: dict[str, set[Polarity]] = {}
    for mark in marks:
        passages.setdefault(mark.passage_id, set()).update(mark.polarities)
    if not passages:
        return "No highlights"
    parts = [
        f"{count} {polarity.value}"
        for polarity in Polarity
        if (count := sum(polarity in each for each in passages.values()))
    ]
    total = len(passages)
    return f"{total} highlight{'s' if total != 1 else ''} ({', '.join(parts)})"


@dataclass(frozen=True, slots=True)
class Tag:
    """The sign beside the page that names a link; ``rect`` is in logical pixels of the widget."""

    rect: QRectF
    link: Link


class Drawing:
    """The highlights of a page at one zoom, worked out once and drawn at every frame.

    Everything is in logical pixels from the page's upper left corner.
    """

    def __init__(self, marks: Sequence[Mark], page: PageMap, ratio: float) -> None:
        self._size = page.scale / ratio / AT_100  # 1 at 100 %
        # Few calls with much in each: a page can hold hundreds of passages.
        self._tints: dict[Polarity, list[QRectF]] = {}
        self._lines: dict[Polarity, list[QLineF]] = {}
        self._parts: dict[Polarity, list[QRectF]] = {}
        self._frames: dict[str, list[QRectF]] = {}
        self._tags: list[tuple[float, Link]] = []
        corner = QPointF(0, 0)
        for mark in marks:
            where = [rectangle(page, box, corner, ratio) for box in mark.boxes]
            if mark.kind:
                self._add_part(mark, where[0])
            else:
                where = joined(where)
                self._add_words(mark, where)
            self._frames[mark.passage_id] = [each.adjusted(-2, -1.5, 2, 1.5) for each in where]
            if mark.first and where:
                self._tags.extend((where[0].top() - 1, link) for link in mark.links)
        self._tags.sort(key=lambda each: each[0])

    def _add_words(self, mark: Mark, where: list[QRectF]) -> None:
        self._tints.setdefault(mark.polarities[0], []).extend(where)
        for place, polarity in enumerate(mark.polarities):
            drop = (mark.lane * 2 + place) * _LANE * max(self._size, 0.6) - 0.5
            self._lines.setdefault(polarity, []).extend(
                QLineF(each.left(), each.bottom() + drop, each.right(), each.bottom() + drop)
                for each in where
            )

    def _add_part(self, mark: Mark, where: QRectF) -> None:
        """A part of the page keeps its own colours: it has a line all round, and no tint."""
        for place, polarity in enumerate(mark.polarities):
            out = place * _LANE * max(self._size, 0.6)
            self._parts.setdefault(polarity, []).append(where.adjusted(-out, -out, out, out))

    def frames(self, passage_id: str) -> list[QRectF]:
        """Where a passage lies, one for each of its lines, from the page's upper left corner."""
        return self._frames.get(passage_id, [])

    def draw(self, painter: QPainter, origin: QPointF, active: str | None, paper: Paper) -> None:
        """Draws a tint, and a line for each polarity in its own style; frames what is active."""
        painter.save()
        painter.translate(origin)
        painter.setCompositionMode(laid_over(paper))
        painter.setPen(Qt.PenStyle.NoPen)
        for polarity, rectangles in self._tints.items():
            painter.setBrush(paper.tint[polarity])
            painter.drawRects(rectangles)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for polarity, drawn in self._lines.items():
            painter.setPen(_pen(polarity, self._size, paper))
            painter.drawLines(drawn)
        for polarity, parts in self._parts.items():
            painter.setPen(_pen(polarity, self._size * 1.3, paper))
            painter.drawRects(parts)
        painter.setPen(QPen(paper.mark, 1.6))
        for frame in self._frames.get(active or "", ()):
            painter.drawRoundedRect(frame, 2, 2)
        painter.restore()

    def draw_tags(
        self,
        painter: QPainter,
        origin: QPointF,
        right: float,
        view: float,
        active: str | None,
        inks: dict[Polarity, QColor],
        ground: QColor,
        *,
        beside: bool,
    ) -> list[Tag]:
        """Draws sign and code of each link beside its page, at ``right``; where each stands.

        Only those in view are drawn: above the height ``view``. Where there is no room ``beside``
        the page they stand on its margin.
        """
        tags: list[Tag] = []
        metrics = QFontMetricsF(painter.font())
        height = metrics.height() + 4
        foot = origin.y() - height
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(ground)
        for wanted, link in self._tags:
            top = max(origin.y() + wanted, foot + 2)
            foot = top + height
            if foot < 0:
                continue
            if top > view:
                break
            words = f"{SIGNS[link.polarity][0]} {link.code}"
            width = metrics.horizontalAdvance(words) + 12
            left = right + 8 if beside else right - width - 4
            where = QRectF(left, top, width, height)
            ink = inks[link.polarity]
            painter.setPen(QPen(ink, 1.6 if link.passage.id == active else 0.8))
            painter.drawRoundedRect(where, 4, 4)
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, words)
            tags.append(Tag(where, link))
        painter.restore()
        return tags


def joined(where: list[QRectF]) -> list[QRectF]:
    """Boxes of words that stand on one line, as one: wide gaps of justified text do not show."""
    found: list[QRectF] = []
    for box in where:
        last = found[-1] if found else None
        if last is not None:
            shared = min(last.bottom(), box.bottom()) - max(last.top(), box.top())
            gap = max(box.left() - last.right(), last.left() - box.right())
            if shared > 0.6 * min(last.height(), box.height()) and gap < 1.5 * box.height():
                found[-1] = last.united(box)
                continue
        found.append(box)
    return found


def laid_over(paper: Paper) -> QPainter.CompositionMode:
    """How a colour is laid over a page so that its words stay as clear as they were."""
    modes = QPainter.CompositionMode
    return modes.CompositionMode_Screen if paper.dark else modes.CompositionMode_Multiply


def _pen(polarity: Polarity, size: float, paper: Paper) -> QPen:
    pen = QPen(paper.ink[polarity], max(1.3 * size, 1.1))
    dashes = SIGNS[polarity][2]
    if dashes:
        pen.setDashPattern(dashes)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
