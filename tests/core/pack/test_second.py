"""What the second engine reads in the boxes of quotes, whichever way their lines run."""

from __future__ import annotations

import io
from multiprocessing import Pipe

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.documents import pdf
from cambs_evidence.documents.anchors import quads
from cambs_evidence.pack.asked import Quote
from cambs_evidence.pack.second import seen

_HEADING, _LABEL = "Visits of the year", "Children seen in time"


def _page(angle: int, turned: int) -> bytes:
    """A page whose label, drawn last, runs at an angle; the page is shown turned."""
    out = io.BytesIO()
    canvas = Canvas(out, A4)
    for text, x, y in ((_HEADING, 300, 700), (_LABEL, 300, 400)):
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(angle if text == _LABEL else turned // 90 * 90)
        canvas.drawString(0, 0, text)
        canvas.restoreState()
    canvas.save()
    with pikepdf.open(out) as document:
        document.pages[0].obj.Rotate = turned
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()


@pytest.mark.parametrize(("angle", "turned"), [(0, 0), (270, 0), (0, 90), (180, 90), (0, 45)])
def test_letters_are_read_whichever_way_a_line_runs(angle: int, turned: int) -> None:
    data = _page(angle, turned)
    (layer,) = pdf.layers(data)
    heading = layer.text.find(_HEADING)
    label = 0 if heading else len(_HEADING) + 1
    end = heading or len(layer.text)
    # The label first: the file has it last, so that its own order proves nothing.
    spans = tuple(
        (0, start, end, quads(layer, start, end))
        for start, end in ((label, end), (heading, heading + len(_HEADING)))
    )
    words = "\n".join(layer.text[start:end].strip() for _, start, end, _ in spans)
    assert "seen" in words
    ours, _theirs = Pipe()
    quote = Quote(0, words, spans, "", "", None, None, None)
    other = quote._replace(item=1, quote=words.replace("seen", "nees"))
    assert [each.found for each in seen(ours, data, [quote, other])] == [True, False]


def test_where_the_second_engine_reads_no_letters_no_words_are_seen() -> None:
    ours, _theirs = Pipe()
    nowhere = ((0, 0, len(_LABEL), ((10.0, 10.0, 20.0, 20.0),)),)
    (answer,) = seen(ours, _page(0, 0), [Quote(0, _LABEL, nowhere, "", "", None, None, None)])
    assert not answer.found
    assert answer.reason == "the second reader sees no words in its place"
