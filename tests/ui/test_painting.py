"""Painting: a guard against a binding that drops references to None at nearly every call.

PySide6 6.12.0 on Python 3.11 does so and aborts within seconds of painting.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow

FRAMES = 3000
#: None is counted up to Python 3.11; from 3.12 on it is immortal.
COUNTED = sys.version_info < (3, 12)


class Sheet(QWidget):
    """A widget that draws a page's worth of words, boxes and lines."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = 0
        self._font = QFont()
        self.resize(160, 120)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - the name is Qt's
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.fillRect(event.rect(), QColor("white"))
        painter.setPen(QPen(Qt.GlobalColor.black))
        for line in range(4):
            painter.drawText(QPointF(4, 20 + 24 * line), f"Frame {self.painted}, line {line}")
            painter.drawLine(QPointF(0, 22 + 24 * line), QPointF(160, 22 + 24 * line))
        painter.drawText(QRectF(0, 100, 160, 20), Qt.AlignmentFlag.AlignCenter, "quote")
        painter.end()
        self.painted += 1


def test_thousands_of_frames_are_painted_and_none_is_lost(qtbot: QtBot) -> None:
    sheet = Sheet()
    qtbot.addWidget(sheet)
    with qtbot.waitExposed(sheet):
        sheet.show()
    sheet.repaint()
    begun = sheet.painted
    references = sys.getrefcount(None)
    for _ in range(FRAMES):
        sheet.repaint()
    lost = references - sys.getrefcount(None)
    assert sheet.painted - begun == FRAMES
    if COUNTED:
        assert lost < 200


def test_frames_painted_into_pictures_lose_none_either(qtbot: QtBot) -> None:
    sheet = Sheet()
    qtbot.addWidget(sheet)
    picture = QImage(160, 120, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    references = sys.getrefcount(None)
    for _ in range(FRAMES // 10):
        sheet.render(picture)
    lost = references - sys.getrefcount(None)
    assert sheet.painted >= FRAMES // 10
    assert picture.pixelColor(80, 5) == QColor("white")
    if COUNTED:
        assert lost < 200


def test_frames_of_pages_with_highlights_lose_none_either(qtbot: QtBot, window: MainWindow) -> None:
    pages = window.reader.pages
    bar = pages.verticalScrollBar()
    pages.viewport().repaint()
    references = sys.getrefcount(None)
    for frame in range(FRAMES // 3):
        bar.setValue(frame * 37 % (bar.maximum() + 1))
        pages.viewport().repaint()
    lost = references - sys.getrefcount(None)
    qtbot.waitUntil(lambda: pages.painted, timeout=90_000)
    if COUNTED:
        assert lost < 200
