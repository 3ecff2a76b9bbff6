"""Recognised words as a page's text: boxes, spaces, doubt, and the table they are read from."""

from __future__ import annotations

import numpy as np
import pytest

from cambs_evidence.documents import pdf, pdfium, tesseract
from cambs_evidence.documents.layer import RECOGNISED, PageLayer
from cambs_evidence.documents.recognition import Recogniser, in_user_space
from cambs_evidence.documents.tesseract import Word

MEDIA = (10.0, 20.0, 610.0, 820.0)


def _raw(rotation: int = 0) -> pdfium.RawPage:
    none = np.zeros((0, 4), np.float32)
    areas = np.zeros((0, 5), np.float32)
    return pdfium.RawPage(0, MEDIA, rotation, np.zeros(0, np.uint32), none, none, areas, None)


def _layer(*words: Word, rotation: int = 0, turns: int = 0) -> PageLayer:
    recogniser = Recogniser("tesseract-1.0")
    [layer] = [*recogniser.see(_raw(rotation), words, 2.0, turns), *recogniser.rest()]
    return layer


def _word(text: str, x: int, y: int, line: int = 1, confidence: float = 90) -> Word:
    box = (x, y, x + 16 * len(text), y + 24)
    return Word(text, box, (0, y, 1000, y + 24), (1, 1, line), confidence)


def test_words_become_lines_with_spaces_between() -> None:
    layer = _layer(
        _word("Visits", 100, 100), _word("are", 204, 100), _word("made", 100, 130, 2),
        _word("on", 172, 130, 2),
    )  # fmt: skip
    assert layer.text == "Visits are\nmade on"
    assert layer.quality == RECOGNISED


def test_words_that_touch_stay_two() -> None:
    layer = _layer(_word("The", 100, 100), _word("number", 148, 100))
    assert layer.text == "The number"


def test_columns_are_read_one_after_the_other() -> None:
    words = []
    for row in range(6):
        for side, begins, y in (("left", 100, 100), ("right", 660, 113)):
            at = begins
            for said in (f"{side}{row}", "goes", "on", "to", "the", "end", "here"):
                words.append(_word(said, at, y + 30 * row, row))
                at = words[-1].box[2] + 8
    text = [each for each in _layer(*words).text.split() if each[-1].isdigit()]
    assert text == [f"{side}{row}" for side in ("left", "right") for row in range(6)]


def test_doubtful_words_are_named_and_survive_storage() -> None:
    layer = _layer(_word("sure", 100, 100), _word("doubt", 180, 100, confidence=30))
    told = layer.recognition
    assert told is not None
    assert told.confidence == 60.0
    assert [layer.text[start:end] for start, end in told.doubtful] == ["doubt"]
    again = PageLayer.unpack(layer.text, layer.pack())
    assert again.recognition == told
    assert again.quality == RECOGNISED


def test_a_page_without_words_stays_as_it_was() -> None:
    layer = _layer()
    assert (layer.text, layer.recognition, layer.quality) == ("", None, "none")


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_lead_back_to_where_the_page_was_shown(rotation: int) -> None:
    shown = np.array([[30.0, 40.0, 90.0, 55.0], [1.0, 2.0, 3.0, 4.0]])
    there = in_user_space(shown, MEDIA, rotation).astype(np.float64)
    assert pdf._turned(there, MEDIA, rotation) == pytest.approx(shown, abs=1e-3)


def test_a_page_that_lies_on_its_side_is_read_as_its_words_run() -> None:
    words = [_word(f"word{n}", 100 + 100 * n, 100 + 40 * m, m) for m in range(4) for n in range(5)]
    layer = _layer(*words, turns=1)
    assert layer.text.split()[:5] == [f"word{n}" for n in range(5)]
    box = layer.boxes[0]
    assert box[3] - box[1] < box[2] - box[0]  # a letter of it is 8 by 12 points, lying


def test_its_table_is_read_and_rubbish_in_it_left_out() -> None:
    table = "\n".join([
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
        "4\t1\t1\t1\t1\t0\t10\t20\t200\t30\t-1\t",
        '5\t1\t1\t1\t1\t1\t10\t22\t50\t20\t96.5\tOne"',
        "5\t1\t1\t1\t1\t2\t70\t22\t50\t20\t101\t\x07tw\x00o",
        "5\t1\t1\t1\t1\t3\t70\t22\t50\t20\t90\t  ",
        "5\t1\t1\t1\t1\t4\t70\t22\t0\t20\t90\tnone",
        "5\t1\t1\t1\t1\t5\tx\t22\t10\t20\t90\tnone",
        "5\t1\t1",
        "",
    ])  # fmt: skip
    found = list(tesseract._words(table))
    assert [(each.text, each.confidence) for each in found] == [('One"', 96.5), ("two", 100.0)]
    assert found[0].box == (10, 22, 60, 42)
    assert found[0].line_box == (10, 20, 210, 50)
