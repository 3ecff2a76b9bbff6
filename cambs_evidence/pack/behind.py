"""What is added behind the file of a pack once that is saved: its pictures, links, and tree.

PDF has that for what comes later: objects, and a table that takes precedence over the one before. A
library would have to hold them all; here they go from where they are into the file.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO

import pikepdf

from cambs_evidence.pack.structure import Tree

#: Objects of one stream, and how hard they are compressed: more gains nothing.
_TOGETHER, _EFFORT = 200, 4
#: Bytes of an entry of the table.
_ENTRY = 11
#: Bytes at the end of a file in which its last table of objects is named.
_END = 64


def add(
    out: BinaryIO,
    tree: Tree | None,
    streams: Callable[[Sequence[Any]], Mapping[int, Callable[[], bytes]]],
) -> None:
    """Adds streams and a tree behind the file of a pack, which may be read and written.

    ``streams`` gives for the pages of the file the numbers of objects that are to be others, and
    what they are to be. With a tree, the file's catalogue makes way for one that names it, and
    pages for such as bear its links.
    """
    out.seek(0)
    # All is read before anything is written: both move about in the same file.
    with pikepdf.open(out, access_mode=pikepdf.AccessMode.stream) as pack:
        pages = [page.obj for page in pack.pages]
        replaced = streams(pages)
        if tree is None and not replaced:
            return
        if tree is not None:
            tree.look(pages)
        free = int(pack.trailer.Size)
        kept = {name: pack.trailer[name].unparse() for name in _TRAILER if name in pack.trailer}
        catalogue = pack.Root.objgen[0]
        told = pack.Root.unparse(resolved=True).removesuffix(b">>")
        del pages
    size = out.seek(0, 2)
    out.seek(max(size - _END, 0))
    before = int(out.read().rsplit(b"startxref", 1)[1].split()[0])
    table = _Table(free)
    for number, made in replaced.items():
        table.put(number, 1, out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, made()))
    if tree is not None:
        root = b"%s /StructTreeRoot %d 0 R >>" % (told, free)
        table.put(catalogue, 1, out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (catalogue, root))
        free = _streams(out, tree.begin(free), tree.objects(), table)
        tree.forget()
    table.write(out, free, kept, before)


#: What a new end of a file keeps of the one before.
_TRAILER = ("/Root", "/Info", "/ID")


def _streams(out: BinaryIO, free: int, objects: Iterator[tuple[int, bytes]], table: _Table) -> int:
    """Writes objects in streams, themselves numbered from ``free`` on; the next free number."""
    while some := list(islice(objects, _TOGETHER)):
        heads = []
        at = 0
        for place, (number, text) in enumerate(some):
            heads.append(b"%d %d" % (number, at))
            at += len(text) + 1
            table.put(number, 2, free, place)
        head = b" ".join(heads) + b"\n"
        data = zlib.compress(head + b"\n".join(text for _, text in some), _EFFORT)
        table.put(free, 1, out.tell())
        out.write(
            b"%d 0 obj\n<</Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d>>\n"
            b"stream\n%s\nendstream\nendobj\n" % (free, len(some), len(head), len(data), data)
        )
        free += 1
    return free


class _Table:
    """Where objects are: those with numbers of the file as it was saved, and new ones from one on.

    Packed as they are written: there are a hundred thousand of them.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._old: dict[int, bytes] = {}
        self._new = bytearray()

    def put(self, number: int, kind: int, one: int, two: int = 0) -> None:
        """Tells of an object where it begins (kind 1), or the stream and its place there (2)."""
        entry = kind.to_bytes(1, "big") + one.to_bytes(8, "big") + two.to_bytes(2, "big")
        if number < self._first:
            self._old[number] = entry
            return
        at = _ENTRY * (number - self._first)
        if at + _ENTRY > len(self._new):
            self._new.extend(bytes(at + _ENTRY - len(self._new)))
        self._new[at : at + _ENTRY] = entry

    def write(self, out: BinaryIO, number: int, kept: Mapping[str, bytes], before: int) -> None:
        """Writes the table, itself of some number, and the new end of the file."""
        start = out.tell()
        self.put(number, 1, start)
        runs: list[list[int]] = []
        for each in sorted(self._old):
            if runs and each == sum(runs[-1]):
                runs[-1][1] += 1
            else:
                runs.append([each, 1])
        runs.append([self._first, len(self._new) // _ENTRY])
        index = " ".join(f"{begin} {count}" for begin, count in runs)
        old = b"".join(self._old[each] for each in sorted(self._old))
        data = zlib.compress(old + self._new, _EFFORT)
        rest = b" ".join(name.encode() + b" " + value for name, value in kept.items())
        out.write(
            b"%d 0 obj\n<</Type /XRef /Size %d /Index [%s] /W [1 8 2] /Prev %d %s "
            b"/Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream\nendobj\n"
            b"startxref\n%d\n%%%%EOF\n"
            % (number, number + 1, index.encode(), before, rest, len(data), data, start)
        )
