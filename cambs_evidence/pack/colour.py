"""The colour that a pack is meant in: a profile of sRGB, made here so that it may go anywhere."""

from __future__ import annotations

import struct
from functools import cache

#: Red, green and blue of sRGB and its white as XYZ, adapted to D50 (IEC 61966-2-1, Bradford).
_WHITE = (0.96420, 1.00000, 0.82491)
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_STEPS = 1024
NAME = "sRGB IEC61966-2.1"


@cache
def srgb() -> bytes:
    """An ICC profile, version 2, for a display of three channels."""
    name = NAME.encode()
    described = struct.pack(">4sII", b"desc", 0, len(name) + 1) + name + b"\0"
    described += bytes(4 + 4 + 2 + 1 + 67)  # no Unicode, no Macintosh description
    curve = [round(65535 * _linear(step / (_STEPS - 1))) for step in range(_STEPS)]
    tags = {
        b"desc": described,
        b"cprt": struct.pack(">4sI", b"text", 0) + b"No copyright, use freely\0",
        b"wtpt": _xyz(_WHITE),
        **{tag: _xyz(colour) for tag, colour in _PRIMARIES.items()},
        b"rTRC": struct.pack(f">4sII{_STEPS}H", b"curv", 0, _STEPS, *curve),
    }
    table, body = b"", b""
    start = 128 + 4 + 12 * (len(tags) + 2)
    for tag, data in tags.items():
        table += struct.pack(">4sII", tag, start + len(body), len(data))
        place = struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    table += b"gTRC" + place + b"bTRC" + place  # all three have the curve of the first
    head = struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI12s4s44x",
        start + len(body), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ",
        2000, 1, 1, 0, 0, 0, b"acsp", b"\0\0\0\0", 0, b"\0\0\0\0", b"\0\0\0\0", 0, 0,
        _xyz(_WHITE)[8:], b"\0\0\0\0",
    )  # fmt: skip
    return head + struct.pack(">I", len(tags) + 2) + table + body


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _xyz(colour: tuple[float, float, float]) -> bytes:
    return struct.pack(">4sI3i", b"XYZ ", 0, *(round(value * 65536) for value in colour))
