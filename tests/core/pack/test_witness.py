"""Witnesses, which read file after file: none may change what is seen in the next."""

from __future__ import annotations

import io
import multiprocessing
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name
from reportlab.lib.pagesizes import A4

from cambs_evidence.documents import pdf
from cambs_evidence.documents.anchors import quads
from cambs_evidence.pack import witness
from cambs_evidence.pack.asked import Quote


def _page(face: str, width: int, words: str) -> bytes:
    """A page in a face that the file does not bring with it, its letters of one width."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=A4).obj
    told = Dictionary(
        Type=Name.FontDescriptor, FontName=Name(f"/{face}"), Flags=34, ItalicAngle=0, StemV=80,
        Ascent=800, Descent=-200, CapHeight=700, FontBBox=[0, -200, 1000, 800],
    )  # fmt: skip
    font = Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name(f"/{face}"),
        Encoding=Name.WinAnsiEncoding, FirstChar=32, LastChar=126, Widths=[width] * 95,
        FontDescriptor=document.make_indirect(told),
    )  # fmt: skip
    page.Resources = Dictionary(Font=Dictionary(F1=document.make_indirect(font)))
    page.Contents = document.make_stream(f"BT /F1 24 Tf 40 700 Td ({words}) Tj ET".encode())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _asked(connection: Any, *request: Any) -> Any:
    connection.send(request)
    while (answer := connection.recv())[0] == "page":
        pass
    assert answer[0] == "done", answer
    return answer[1]


def test_letters_stand_where_they_stood_whatever_was_painted_before() -> None:
    words = "Wide images of visits"
    data = _page("Garamond", 500, words)
    (layer,) = pdf.layers(data)
    place = ((0, 0, len(words), quads(layer, 0, len(words))),)
    asked = [Quote(0, words, place, "", "", None, None, None)]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=witness.serve, args=(theirs,))
    process.start()
    theirs.close()
    try:
        _asked(ours, "print", _page("Garamond,Bold", 900, words), [], [],
               [(0, (0.0, 0.0, 500.0, 800.0), (500, 800))])  # fmt: skip
        (seen,) = _asked(ours, "pdf", data, True, asked, pdf.LAYER_VERSION)
        assert seen.found, seen.reason
    finally:
        ours.close()
        process.join(30)
