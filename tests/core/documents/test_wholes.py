"""Sentences and paragraphs that are selected by one key."""

from __future__ import annotations

from cambs_evidence.documents.anchors import DocumentText
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.documents.selecting import Caret
from tests.core.documents.test_plain import set_text

_SENTENCE = "Plans are read with care by Dr. Grey and e.g. her deputies each week"


def _text(source: str) -> DocumentText:
    return DocumentText("0" * 64, "test-1", set_text(source).layers, Numbering())


def _said(text: DocumentText, stretch: tuple[Caret, Caret]) -> str:
    place = text.between(*stretch)
    assert place is not None
    return text.quote(place)


def _at(text: DocumentText, words: str) -> Caret:
    return next(
        (page, layer.text.index(words))
        for page, layer in enumerate(text.pages)
        if words in layer.text
    )


def test_of_a_caret_the_sentence_is_selected_of_sentences_their_paragraphs() -> None:
    text = _text(f"12. One came late. {_SENTENCE}. Two left.\n\nThe next stands apart.\n")
    at = _at(text, "Grey")
    sentence = text.grown(at, at)
    assert _said(text, sentence) == f"{_SENTENCE}."
    whole = text.grown(*sentence)
    assert _said(text, whole).endswith(f"One came late. {_SENTENCE}. Two left.")
    assert text.grown(*whole) == whole
    # Some words of two paragraphs: the sentences they stand in, then both paragraphs.
    both = text.grown(at, _at(text, "stands"))
    assert _said(text, both).startswith(_SENTENCE)
    assert _said(text, both).endswith("apart.")
    assert _said(text, text.grown(*both)).endswith("Two left. The next stands apart.")


def test_behind_the_last_word_of_a_sentence_the_next_is_meant_within_its_paragraph() -> None:
    text = _text(f"12. One came late. {_SENTENCE}. Two left.\n\nThe next stands apart.\n")
    at = _at(text, "One")
    said = []
    for _ in range(4):
        stretch = text.grown(at, at)
        said.append(_said(text, stretch))
        at = stretch[1]
    assert said == ["One came late.", f"{_SENTENCE}.", "Two left.", "Two left."]


def test_a_sentence_and_its_paragraph_go_on_over_a_page_end() -> None:
    text = _text(f"{f'{_SENTENCE}. ' * 100}\n\nThe next stands apart.\n")
    assert len(text.pages) > 1
    for at in (text.edge(0, back=True), text.edge(1, back=False)):
        inside = (at[0], at[1] - 1) if at[1] else at
        sentence = text.grown(inside, inside)
        assert _said(text, sentence) == f"{_SENTENCE}."
        assert _said(text, text.whole_paragraph(inside)).count("Grey") == 100
    assert text.paragraph_beside((0, 9), back=False) == _at(text, "The next")


def test_one_goes_from_paragraph_to_paragraph_and_back() -> None:
    text = _text("Heading\n\n- first of a list\n- second of it\n\nThe end.\n")
    begins = [_at(text, each) for each in ("Heading", "first", "second", "The end")]
    at, down = begins[0], []
    for _ in range(4):
        down.append(at)
        at = text.paragraph_beside(at, back=False)
    assert down == begins
    at, up = begins[-1], []
    for _ in range(4):
        up.append(at)
        at = text.paragraph_beside(at, back=True)
    assert up == begins[::-1]
    within = (begins[1][0], begins[1][1] + 3)
    assert text.paragraph_beside(within, back=True) == begins[1]
