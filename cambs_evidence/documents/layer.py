"""The text layer of one page: its characters in reading order, each with its box.

The text of a page is one string in zones: running header, body, footnotes, running footer. Lines
end in a newline, paragraphs in an empty line, cells of a table row in a tab. The separators stand
nowhere on the page and have no box.
"""

from __future__ import annotations

import json
import struct
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from cambs_evidence.model import Box, PageShape

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]

TEXT, NO_TEXT, NONSENSE, RECOGNISED = "text", "none", "nonsense", "recognised"

_HEADER = struct.Struct("<4sI8dII")
_MAGIC = b"CEL1"
_STEPS = 65000  # a coordinate is stored as this many steps over the page's text
#: Bytes of a page's facts at most, and of boxes and sources for each character.
_MOST_FACTS, _EACH = 16 * 1024 * 1024, 12
#: Unpacked pages kept; a page's boxes take some 50 KB.
_UNPACKED = 256


@dataclass(frozen=True, slots=True)
class Start:
    """Where a paragraph begins in the text of its page.

    ``kind`` is ``heading``, ``paragraph``, ``item`` (of a list), ``row`` (of a table), ``note``
    or ``furniture``.
    """

    offset: int
    kind: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a page's text was recognised by machine.

    ``made_by`` is name and version of what did it, ``confidence`` its mean over the words, 0 to
    100, ``doubtful`` the ranges of ``text`` of words that it is not sure of.
    """

    made_by: str
    confidence: float
    doubtful: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PageLayer:
    """One page's text and geometry.

    Attributes:
        index: 0-based.
        media: visible area (CropBox within MediaBox) in user space, points.
        rotation: clockwise degrees by which the page is shown turned: 0, 90, 180 or 270.
        text: code points in reading order.
        boxes: float32 array of shape ``(len(text), 4)``, ``x0, y0, x1, y1`` in unrotated user
            space, NaN for separators (exactly line ends and tabs).
        body: range of the body in ``text``; what stands before is the running header.
        notes: range of the footnotes; what stands after is the running footer.
        starts: where paragraphs begin.
        label: printed page number, else the one in the file's page labels, else None.
        quality: ``text``, ``none``, ``nonsense`` or ``recognised``.
        source: for pages we typeset, int32 of shape ``(len(text),)``: offset of each character
            in the decoded source, -1 where it has none; otherwise None.
        recognition: for pages whose text was recognised by machine; otherwise None.
    """

    index: int
    media: Box
    rotation: int
    text: str
    boxes: FloatArray
    body: tuple[int, int]
    notes: tuple[int, int]
    starts: tuple[Start, ...] = ()
    label: str | None = None
    quality: str = TEXT
    source: IntArray | None = None
    recognition: Recognition | None = None

    def pack(self) -> bytes:
        """Everything but the text, compactly, for storage beside it."""
        facts: dict[str, object] = {
            "rotation": self.rotation,
            "body": self.body,
            "notes": self.notes,
            "starts": [(start.offset, start.kind) for start in self.starts],
            "label": self.label,
            "quality": self.quality,
            "source": self.source is not None,
        }
        if self.recognition is not None:
            told = self.recognition
            words = len(self.text.split())
            facts["recognition"] = (told.made_by, told.confidence, told.doubtful, words)
        head = zlib.compress(json.dumps(facts, separators=(",", ":")).encode(), 1)
        payload, origin, scale = _quantise(self.text, self.boxes)
        fixed = _HEADER.pack(
            _MAGIC, self.index, *self.media, *origin, *scale, len(head), len(payload)
        )
        if self.source is not None:
            payload += np.diff(self.source, prepend=np.int32(0)).astype("<i4").tobytes()
        return fixed + head + zlib.compress(payload, 1)

    @staticmethod
    def unpack(text: str, packed: bytes) -> PageLayer:
        """The inverse of :meth:`pack`; raises struct, zlib or ValueError for rubbish."""
        magic, index, *rest = _HEADER.unpack_from(packed)
        if magic != _MAGIC:
            raise ValueError("not a text layer")
        x0, y0, x1, y1, x, y, sx, sy, length, size = rest
        at = _HEADER.size
        facts = json.loads(_inflated(packed[at : at + length], _MOST_FACTS))
        payload = _inflated(packed[at + length :], _EACH * len(text))
        source: IntArray | None = None
        if facts["source"]:
            steps = np.frombuffer(payload[size:], dtype="<i4", count=len(text))
            source = np.cumsum(steps, dtype=np.int32)
        return PageLayer(
            index=index,
            media=(x0, y0, x1, y1),
            rotation=facts["rotation"],
            text=text,
            boxes=_restore(text, payload[:size], (x, y), (sx, sy)),
            body=tuple(facts["body"]),
            notes=tuple(facts["notes"]),
            starts=tuple(Start(offset, kind) for offset, kind in facts["starts"]),
            label=facts["label"],
            quality=facts["quality"],
            source=source,
            recognition=_recognition(facts),
        )


def _recognition(facts: dict[str, Any]) -> Recognition | None:
    told = facts.get("recognition")
    if told is None:
        return None
    made_by, confidence, doubtful, _ = told
    return Recognition(
        str(made_by), float(confidence), tuple((int(start), int(end)) for start, end in doubtful)
    )


class PackedLayers(Sequence[PageLayer]):
    """The layers of a document's pages as they are stored, unpacked when they are looked at.

    ``pages`` are pairs of text and packed layer, in order; ``damaged`` makes the error to raise
    where one cannot be unpacked. May be used from several threads.
    """

    def __init__(
        self, pages: Sequence[tuple[str, bytes]], damaged: Callable[[], Exception]
    ) -> None:
        self._pages = pages
        self._damaged = damaged
        self._unpacked: dict[int, PageLayer] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    @overload
    def __getitem__(self, index: int) -> PageLayer: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[PageLayer]: ...
    def __getitem__(self, index: int | slice) -> PageLayer | Sequence[PageLayer]:
        """The layer of a page (0-based)."""
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        with self._lock:
            layer = self._unpacked.pop(index, None)
        if layer is None:
            try:
                layer = PageLayer.unpack(*self._pages[index])
            except (struct.error, zlib.error, ValueError, KeyError) as error:
                raise self._damaged() from error
        with self._lock:
            self._unpacked[index] = layer
            while len(self._unpacked) > _UNPACKED:
                self._unpacked.pop(next(iter(self._unpacked)))
        return layer

    def text(self, index: int) -> str:
        """The text of a page (0-based)."""
        return self._pages[index][0]

    def shapes(self) -> list[PageShape]:
        """Size, rotation, label and quality of each page, without unpacking any."""
        try:
            return [shape(packed) for _, packed in self._pages]
        except (struct.error, zlib.error, ValueError, KeyError) as error:
            raise self._damaged() from error


def _inflated(packed: bytes, most: int) -> bytes:
    """What was compressed; raises ValueError where it swells beyond what it can be."""
    inflater = zlib.decompressobj()
    data = inflater.decompress(packed, most + 1)
    if len(data) > most:
        raise ValueError("a text layer that swells")
    if not inflater.eof:
        raise zlib.error("a text layer that is cut off")
    return data


def shape(packed: bytes) -> PageShape:
    """Size, rotation, label and quality of a page, its letters and their boxes left packed.

    Raises struct, zlib, Value or KeyError for rubbish.
    """
    magic, _, *rest = _HEADER.unpack_from(packed)
    if magic != _MAGIC:
        raise ValueError("not a text layer")
    x0, y0, x1, y1, _, _, _, _, length, _ = rest
    facts = json.loads(_inflated(packed[_HEADER.size : _HEADER.size + length], _MOST_FACTS))
    confidence, doubtful = None, 0.0
    if told := facts.get("recognition"):
        confidence, doubtful = float(told[1]), len(told[2]) / max(int(told[3]), 1)
    return PageShape(
        (x0, y0, x1, y1), facts["rotation"], facts["label"], facts["quality"], confidence, doubtful
    )


def separators(text: str) -> npt.NDArray[np.bool_]:
    """True for each character that stands nowhere on the page: line and cell ends."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return np.asarray((points == 10) | (points == 9))


def _quantise(
    text: str, boxes: FloatArray
) -> tuple[bytes, tuple[float, float], tuple[float, float]]:
    """Boxes as uint16 differences column by column, with origin and points per step.

    One step is about 1/75 point on A4, finer than anything is drawn. A separator repeats the
    character before it, so that the differences stay small.
    """
    real = ~separators(text)
    if not bool(real.any()):
        return b"", (0.0, 0.0), (1.0, 1.0)
    if not bool(real.all()):
        before = np.maximum.accumulate(np.where(real, np.arange(len(boxes)), int(real.argmax())))
        boxes = boxes.take(before, axis=0)
    edges = np.ascontiguousarray(boxes.T)
    low, high = edges.min(axis=1).tolist(), edges.max(axis=1).tolist()
    x, y = min(low[0], low[2]), min(low[1], low[3])
    sx = float(np.float32(max(max(high[0], high[2]) - x, 1e-3) / _STEPS))
    sy = float(np.float32(max(max(high[1], high[3]) - y, 1e-3) / _STEPS))
    scaled = (edges - np.array([[x], [y], [x], [y]])) / np.array([[sx], [sy], [sx], [sy]])
    steps = np.rint(scaled, out=scaled).astype("<u2")
    columns = steps.copy()
    columns[:, 1:] -= steps[:, :-1]
    return columns.tobytes(), (x, y), (sx, sy)


def _restore(
    text: str, payload: bytes, origin: tuple[float, float], scale: tuple[float, float]
) -> FloatArray:
    if not payload:
        return np.full((len(text), 4), np.nan, np.float32)
    columns = np.frombuffer(payload, dtype="<u2").reshape(4, len(text))
    steps = np.cumsum(columns, axis=1, dtype=np.uint16).T
    boxes = (steps * np.array([*scale, *scale]) + np.array([*origin, *origin])).astype(np.float32)
    boxes[separators(text)] = np.nan
    restored: FloatArray = boxes
    return restored
