"""Highlights on a page: which there are, how those on the same words are told apart, how drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from cambs_evidence.model import Box, Link, Polarity
from ui.theme import FLASH, HIGHLIGHT, SIGNS
from ui.viewer.geometry import PageMap

#: Logical pixels from one line under the words to the next, at 100 %.
_LANE = 2.6


@dataclass(frozen=True, slots=True)
class Mark:
    """What a passage looks like on one page.

    ``lane`` counts the passages before it that hold some of the same words; ``links`` are those
    of the passage, ``polarities`` theirs, each once; ``first`` says that the passage begins on
    this page.
    """

    passage_id: str
    boxes: tuple[Box, ...]
    start: int
    end: int
    links: tuple[Link, ...]
    lane: int
    first: bool
    polarities: tuple[Polarity, ...]


def marks_by_page(links: Iterable[Link]) -> dict[int, list[Mark]]:
    """The marks of a document's links, by 0-based page."""
    by_passage: dict[str, list[Link]] = {}
    for link in links:
        by_passage.setdefault(link.passage.id, []).append(link)
    raw: dict[int, list[tuple[int, int, str, tuple[Box, ...], bool]]] = {}
    for passage_id, members in by_passage.items():
        for place, span in enumerate(members[0].passage.anchor.spans):
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
                )
            )
    return found


def rectangle(page: PageMap, box: Box, origin: QPointF, ratio: float) -> QRectF:
    """A box of user space in logical pixels of the widget."""
    x, y, width, height = page.box(box)
    return QRectF(origin.x() + x / ratio, origin.y() + y / ratio, width / ratio, height / ratio)


def draw_marks(
    painter: QPainter,
    marks: Sequence[Mark],
    page: PageMap,
    origin: QPointF,
    ratio: float,
    active: str | None,
) -> None:
    """Draws the highlights of a page: a tint, and a line for each polarity in its own style."""
    size = page.scale / ratio / (96 / 72)  # 1 at 100 %
    # Few calls with much in each: a page can hold hundreds of passages.
    tints: dict[Polarity, list[QRectF]] = {}
    lines: dict[Polarity, list[QLineF]] = {}
    frames: list[QRectF] = []
    for mark in marks:
        where = [rectangle(page, box, origin, ratio) for box in mark.boxes]
        tints.setdefault(mark.polarities[0], []).extend(where)
        for place, polarity in enumerate(mark.polarities):
            drop = (mark.lane * 2 + place) * _LANE * max(size, 0.6) - 0.5
            lines.setdefault(polarity, []).extend(
                QLineF(each.left(), each.bottom() + drop, each.right(), each.bottom() + drop)
                for each in where
            )
        if mark.passage_id == active:
            frames.extend(each.adjusted(-2, -1.5, 2, 1.5) for each in where)
    painter.save()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    painter.setPen(Qt.PenStyle.NoPen)
    for polarity, rectangles in tints.items():
        painter.setBrush(HIGHLIGHT[polarity][0])
        painter.drawRects(rectangles)
    painter.restore()
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for polarity, drawn in lines.items():
        painter.setPen(_pen(polarity, size))
        painter.drawLines(drawn)
    painter.setPen(QPen(FLASH, 1.6))
    for frame in frames:
        painter.drawRoundedRect(frame, 2, 2)
    painter.restore()


def _pen(polarity: Polarity, size: float) -> QPen:
    pen = QPen(HIGHLIGHT[polarity][1], max(1.3 * size, 1.1))
    dashes = SIGNS[polarity][2]
    if dashes:
        pen.setDashPattern(dashes)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


@dataclass(frozen=True, slots=True)
class Tag:
    """The sign beside the page that names a link; ``rect`` is in logical pixels of the widget."""

    rect: QRectF
    link: Link


def draw_tags(
    painter: QPainter,
    marks: Sequence[Mark],
    page: PageMap,
    origin: QPointF,
    right: float,
    ratio: float,
    active: str | None,
    inks: dict[Polarity, QColor],
    ground: QColor,
    view: float,
) -> list[Tag]:
    """Draws sign and code of each link beside its page, at ``right``; where each stands.

    Only those in view are drawn: above the height ``view``, in logical pixels.
    """
    tags: list[Tag] = []
    metrics = QFontMetricsF(painter.font())
    height = metrics.height() + 4
    foot = origin.y() - height
    beginning = [mark for mark in marks if mark.first and mark.boxes]
    beginning.sort(key=lambda mark: rectangle(page, mark.boxes[0], origin, ratio).top())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in beginning:
        for link in mark.links:
            top = max(rectangle(page, mark.boxes[0], origin, ratio).top() - 1, foot + 2)
            words = f"{SIGNS[link.polarity][0]} {link.code}"
            foot = top + height
            if foot < 0 or top > view:
                continue
            where = QRectF(right + 8, top, metrics.horizontalAdvance(words) + 12, height)
            ink = inks[link.polarity]
            painter.setPen(QPen(ink, 1.6 if mark.passage_id == active else 0.8))
            painter.setBrush(ground)
            painter.drawRoundedRect(where, 4, 4)
            painter.setPen(ink)
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, words)
            tags.append(Tag(where, link))
    painter.restore()
    return tags
