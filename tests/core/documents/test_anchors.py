"""Anchors: a passage stays on its own words, or is said to be moved or lost."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence import paths
from cambs_evidence.documents import plain
from cambs_evidence.documents.anchors import (
    CONTEXT,
    DocumentText,
    Place,
    Resolution,
    choose,
    quads,
)
from cambs_evidence.documents.folding import likeness
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.errors import EvidenceError, QuoteAmbiguous, QuoteNotFound
from cambs_evidence.model import Anchor, Hold, PageSpan
from tests.core.documents.sheets import (
    WORDS,
    broken,
    column,
    flat_layer,
    layers,
    painted,
    sentence,
    sentences,
)

SHA = "0" * 64


def _text(pages: Sequence[PageLayer | str], numbering: Numbering | None = None) -> DocumentText:
    made = [
        page if isinstance(page, PageLayer) else flat_layer(page, index=index)
        for index, page in enumerate(pages)
    ]
    return DocumentText(SHA, "test-1", made, numbering or Numbering())


def _only(text: DocumentText, quote: str) -> Place:
    [place] = text.find(quote)
    return place


def _words(text: DocumentText, place: Place) -> str:
    """What stands at a place, taken from the pages themselves."""
    raw = (text.pages[page].text[start:end] for page, start, end in place.spans)
    return " ".join(" ".join(raw).split())


def _set(lines: Sequence[str], width: int = 70) -> str:
    """Sentences as the text of a page: in lines, every third one a paragraph of its own."""
    paragraphs = [" ".join(lines[at : at + 3]) for at in range(0, len(lines), 3)]
    return "\n\n".join("\n".join(broken(each, width)) for each in paragraphs)


# --- finding -------------------------------------------------------------------------------


@given(st.integers(0, 2**32), st.data())
def test_any_stretch_of_words_is_found_where_it_stands(seed: int, data: st.DataObject) -> None:
    said = sentences(seed, 12)
    text = _text([_set(said[:6]), _set(said[6:])])
    flow = " ".join(said).split()
    start = data.draw(st.integers(0, len(flow) - 2))
    end = data.draw(st.integers(start + 1, min(start + 40, len(flow))))
    quote = " ".join(flow[start:end])
    places = text.find(quote)
    assert places
    assert all(likeness(_words(text, place), quote) == 0 for place in places)
    assert [place.start for place in places] == sorted(place.start for place in places)
    before = len(" ".join(flow[:start]).replace(" ", ""))
    at = [
        len("".join("".join([*(page.text for page in text.pages[:page]),
                             text.pages[page].text[:offset]]).split()))
        for page, offset in (place.start for place in places)
    ]  # fmt: skip
    assert before in at


@given(st.integers(0, 2**32), st.data())
def test_a_quote_with_one_letter_changed_is_not_found(seed: int, data: st.DataObject) -> None:
    said = sentences(seed, 6)
    text = _text([_set(said)])
    quote = data.draw(st.sampled_from(said))
    at = data.draw(st.sampled_from([i for i, letter in enumerate(quote) if letter.isalpha()]))
    letter = data.draw(st.sampled_from("bcdfgqxz0"))
    assume(letter != quote[at].lower())
    assert text.find(quote[:at] + letter + quote[at + 1 :]) == []


def test_occurrences_are_counted_in_reading_order() -> None:
    text = _text(["x one two y\nz one two", "one two w", "v"])
    places = text.find("one two")
    assert [place.start for place in places] == [(0, 2), (0, 14), (1, 0)]


def test_the_body_is_searched_together_with_notes_and_furniture() -> None:
    page = flat_layer("body words", header="head words", notes="1 note words", footer="foot words")
    text = _text([page])
    for quote in ("body words", "head words", "note words", "foot words"):
        assert _words(text, _only(text, quote)) == quote


def test_words_of_body_and_note_are_never_read_as_one() -> None:
    page = flat_layer("ends with alpha", header="beta", notes="gamma", footer="delta")
    text = _text([page])
    for quote in ("alpha gamma", "gamma delta", "beta ends", "delta beta", "alpha delta"):
        assert text.find(quote) == []


def test_a_passage_over_a_page_end_leaves_out_what_stands_around_the_text() -> None:
    first, second = sentences(8, 2, 24)
    cut = first.split()
    pages = [
        flat_layer(" ".join(cut[:12]), header="Header 1", notes="1 A note", footer="Page 1"),
        flat_layer(" ".join(cut[12:]) + "\n" + second, index=1, header="Header 2", footer="Page 2"),
    ]
    text = _text(pages)
    place = _only(text, first)
    assert [span[0] for span in place.spans] == [0, 1]
    anchor = text.anchor(place)
    assert anchor.quote == first
    assert " ".join(_words(text, place).split()) == first
    for span, page in zip(anchor.spans, pages, strict=True):
        assert page.body[0] <= span.start < span.end <= page.body[1]
        assert span.quads == quads(page, span.start, span.end)
    assert anchor.suffix == second[:CONTEXT]
    assert text.resolve(anchor) == Resolution(Hold.EXACT, place)


def test_a_passage_may_run_over_three_pages() -> None:
    said = sentences(11, 1, 30)[0].split()
    text = _text([" ".join(said[:10]), " ".join(said[10:20]), " ".join(said[20:])])
    place = _only(text, " ".join(said))
    assert [page for page, _, _ in place.spans] == [0, 1, 2]
    assert text.anchor(place).quote == " ".join(said)


def test_a_quote_that_a_figure_interrupts_is_found_in_two_pieces() -> None:
    one, two = sentences(5, 2, 10)
    whole = one[:-1] + " " + two.lower()
    body = f"{one[:-1]}\n\nFigure 3\n\n12 34 56\n\n{two.lower()}"
    text = _text([body])
    place = _only(text, whole)
    assert len(place.spans) == 2
    assert text.anchor(place).quote == whole


def test_places_with_the_same_spacing_are_preferred() -> None:
    text = _text(["on going and ongoing"])
    assert [place.spacing for place in text.find("ongoing")] == [0]
    assert text.find("ongoing")[0].start == (0, 13)
    assert [place.spacing for place in text.find("andongoing")] == [1]


@pytest.mark.parametrize("quote", ["", " ", "-", "•", "\n", "\x00", "a\x00"])
def test_a_quote_of_nothing_is_not_found(quote: str) -> None:
    assert _text(["words - and • more"]).find(quote) == [] or quote == "a\x00"


def test_a_list_dash_in_the_quote_finds_the_bullet_on_the_page() -> None:
    text = _text(["Some:\n• first thing\n• second thing"])
    assert _words(text, _only(text, "- second thing")).endswith("second thing")


def test_a_quote_with_a_hyphen_at_its_end_takes_it_in() -> None:
    text = _text(["the pre- and post-natal"])
    assert _words(text, _only(text, "the pre-")) == "the pre-"
    assert text.find("the pre") != []


def test_a_document_without_text_finds_nothing() -> None:
    for text in (_text([]), _text(["", ""])):
        assert text.find("words") == []
        assert text.nearest_words("words that are long enough to be sought") is None


# --- choosing ------------------------------------------------------------------------------


def _places(*starts: tuple[int, int]) -> list[Place]:
    return [Place(((page, offset, offset + 5),), 0) for page, offset in starts]


def test_the_only_place_is_chosen() -> None:
    [place] = _places((3, 7))
    assert choose([place], "q", "a.pdf", page=None, occurrence=None) is place
    assert choose([place], "q", "a.pdf", page=3, occurrence=1) is place


def test_no_place_is_told_with_the_file() -> None:
    with pytest.raises(QuoteNotFound, match=r"a\.pdf") as told:
        choose([], "q", "a.pdf", page=None, occurrence=None)
    assert told.value.code == "quote-absent"
    with pytest.raises(QuoteNotFound):
        choose([], "q", "a.pdf", page=0, occurrence=1)


def test_two_places_are_ambiguous_and_the_pages_are_told_from_one() -> None:
    with pytest.raises(QuoteAmbiguous, match=r"2 times .*1, 5") as told:
        choose(_places((0, 1), (4, 1)), "q", "a.pdf", page=None, occurrence=None)
    assert told.value.code == "quote-ambiguous"


def test_page_and_occurrence_say_which_is_meant() -> None:
    places = _places((0, 1), (4, 1), (4, 30))
    assert choose(places, "q", "a", page=0, occurrence=None) is places[0]
    assert choose(places, "q", "a", page=None, occurrence=2) is places[1]
    assert choose(places, "q", "a", page=4, occurrence=2) is places[2]
    with pytest.raises(QuoteAmbiguous):
        choose(places, "q", "a", page=4, occurrence=None)


def test_a_page_without_the_quote_is_told_with_the_pages_that_have_it() -> None:
    with pytest.raises(QuoteNotFound, match=r"page 3 .*page 1, 5"):
        choose(_places((0, 1), (4, 1)), "q", "a.pdf", page=2, occurrence=None)


@pytest.mark.parametrize("occurrence", [0, -1, 4, 99])
def test_an_occurrence_that_is_not_there_is_told(occurrence: int) -> None:
    with pytest.raises(QuoteNotFound, match=f"no occurrence {occurrence}"):
        choose(_places((0, 1), (0, 9), (1, 2)), "q", "a", page=None, occurrence=occurrence)


def test_a_long_quote_is_shortened_where_it_is_told() -> None:
    with pytest.raises(EvidenceError) as told:
        choose([], "word " * 200, "a.pdf", page=None, occurrence=None)
    assert len(told.value.reason) < 160


# --- anchors -------------------------------------------------------------------------------


@given(st.integers(0, 2**32), st.integers(0, 8))
def test_an_anchor_holds_exactly_where_nothing_changed(seed: int, which: int) -> None:
    said = sentences(seed, 9)
    text = _text([_set(said[:5]), _set(said[5:])])
    for place in text.find(said[which]):
        anchor = text.anchor(place)
        assert anchor.quote == said[which]
        assert text.resolve(anchor) == Resolution(Hold.EXACT, place)


@given(st.integers(0, 2**32), st.integers(1, 7))
def test_context_is_what_stands_before_and_after_over_page_ends_too(seed: int, which: int) -> None:
    said = sentences(seed, 9)
    assume(len(set(said)) == len(said))
    text = _text([_set(said[:5]), _set(said[5:])])
    anchor = text.anchor(_only(text, said[which]))
    assert anchor.prefix == " ".join(said[:which])[-CONTEXT:]
    assert anchor.suffix == " ".join(said[which + 1 :])[:CONTEXT]


def test_offsets_count_code_points() -> None:
    text = _text(["😀 𝒳y 👩‍👩‍👧 words here 😀"])
    place = _only(text, "words here")
    [(page, start, end)] = place.spans
    assert text.pages[page].text[start:end] == "words here"
    assert start == len("😀 𝒳y 👩‍👩‍👧 ")
    assert text.resolve(text.anchor(place)).hold is Hold.EXACT


def test_an_anchor_knows_its_place_in_the_source_of_a_typeset_text() -> None:
    source = "# Heading\n\nSome **bold** words &amp; *more*.\n\n- an item\n"
    typeset = plain.typeset(plain.interpret(source, markdown=True), paths.fonts(), "t")
    text = DocumentText(SHA, plain.RULES_VERSION, typeset.layers, Numbering())
    for quote, written in (
        ("bold", "bold"),
        ("bold words & more", "bold** words &amp; *more"),
        ("an item", "an item"),
    ):
        anchor = text.anchor(_only(text, quote))
        assert anchor.source is not None
        start, end = anchor.source
        assert source[start:end] == written
    assert _only(text, "Some **bold** words") == _only(text, "Some bold words")


def test_pages_that_came_as_they_are_have_no_source() -> None:
    text = _text(["words"])
    assert text.anchor(_only(text, "words")).source is None


def test_line_end_hyphens_are_joined_unless_the_document_writes_the_word_with_one() -> None:
    text = _text(["a long-term plan for long-\nterm care and edu-\ncation of all"])
    assert text.quote(_only(text, "plan for long-term care")) == "plan for long-term care"
    assert text.quote(_only(text, "and education of")) == "and education of"
    [place] = text.find("and education of")
    assert text.quote(place, like="and edu-cation of") == "and edu-cation of"


@pytest.mark.parametrize(("left", "right"), [("2014", "15"), ("3", "5"), ("16", "17")])
def test_a_hyphen_between_figures_at_a_line_end_is_kept(left: str, right: str) -> None:
    text = _text([f"in the years {left}-\n{right} there were"])
    place = Place(((0, 0, len(text.pages[0].text)),), 0)
    assert text.quote(place) == f"in the years {left}-{right} there were"


def test_a_range_of_years_over_a_line_end_is_no_figure_of_six_digits() -> None:
    text = _text(["in the years 2014-\n15 there were"])
    assert text.find("in the years 2014-15 there were")
    assert text.find("in the years 201415 there were") == []


def test_the_paragraph_is_the_one_where_the_passage_begins() -> None:
    numbering = Numbering(((0, 0), (0, 10)), ("1", "2"))
    text = _text(["first one\nsecond one"], numbering)
    assert text.paragraph(_only(text, "first")) == "1"
    assert text.paragraph(_only(text, "one second")) == "1"
    assert text.paragraph(_only(text, "second")) == "2"


# --- finding again -------------------------------------------------------------------------


def _edited(said: list[str], keep: int, chance: random.Random) -> list[str]:
    """The sentences of a new version: others put in, left out, changed, put elsewhere."""
    kept = said[keep]
    others = said[:keep] + said[keep + 1 :]
    for _ in range(chance.randint(1, 6)):
        what = chance.choice(["put in", "leave out", "change", "swap"])
        at = chance.randrange(len(others))
        if what == "put in":
            others.insert(at, sentence(chance))
        elif what == "leave out" and len(others) > 2:
            others.pop(at)
        elif what == "change":
            words = others[at].split()
            words[chance.randrange(len(words))] = chance.choice(WORDS)
            others[at] = " ".join(words)
        else:
            to = chance.randrange(len(others))
            others[at], others[to] = others[to], others[at]
    at = chance.randint(0, len(others))
    return [*others[:at], kept, *others[at:]]


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.integers(0, 11))
def test_a_passage_is_found_again_whatever_is_edited_around_it(seed: int, which: int) -> None:
    chance = random.Random(seed)
    said = [sentence(chance) for _ in range(12)]
    before = _text([_set(said[:6]), _set(said[6:])])
    anchor = before.anchor(before.find(said[which])[0])
    after = _edited(said, which, chance)
    cut = chance.randint(0, len(after))
    text = _text([_set(after[:cut]), _set(after[cut:], chance.randint(40, 90))])
    found = text.resolve(anchor)
    assert found.hold in {Hold.EXACT, Hold.MOVED}
    assert found.place is not None
    assert likeness(_words(text, found.place), said[which]) == 0
    if found.hold is Hold.MOVED:
        assert found.place.spans != before.find(said[which])[0].spans


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.integers(0, 11), st.integers(1, 2))
def test_a_passage_whose_own_words_changed_is_found_there_or_lost(
    seed: int, which: int, changes: int
) -> None:
    chance = random.Random(seed)
    said = [sentence(chance, 16) for _ in range(12)]
    before = _text([_set(said)])
    anchor = before.anchor(before.find(said[which])[0])
    words = said[which].split()
    for _ in range(changes):
        words[chance.randrange(1, len(words) - 1)] = chance.choice(WORDS)
    own = " ".join(words)
    after = _edited([*said[:which], own, *said[which + 1 :]], which, chance)
    text = _text([_set(after)])
    found = text.resolve(anchor)
    if own != said[which]:
        assert found.hold is not Hold.EXACT
    if found.place is not None:
        # Never on another sentence: most of what is found is the passage's own sentence.
        [own_place, *_] = text.find(own)
        (_, start, end), (_, low, high) = found.place.spans[0], own_place.spans[0]
        assert min(end, high) - max(start, low) > 0.7 * (high - low)


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_a_passage_that_was_taken_out_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    said = [sentence(chance, 16) for _ in range(10)]
    before = _text([_set(said)])
    anchor = before.anchor(before.find(said[4])[0])
    found = _text([_set(said[:4] + said[5:])]).resolve(anchor)
    assert found == Resolution(Hold.LOST, None)


def test_what_stands_at_the_place_counts_before_what_stands_elsewhere() -> None:
    text = _text(["one two three\none two three"])
    first, second = text.find("one two three")
    for place in (first, second):
        assert text.resolve(text.anchor(place)) == Resolution(Hold.EXACT, place)


def test_of_several_equal_places_the_one_in_the_same_surroundings_is_taken() -> None:
    one, two, three, four = sentences(21, 4)
    before = _text([f"{one}\nAs before.\n{two}\n{three}\nAs before.\n{four}"])
    after = _text([f"{three}\nAs before.\n{four}\n{one}\nAs before.\n{two}"])
    for place, other in zip(before.find("As before."), reversed(after.find("As before.")),
                            strict=True):  # fmt: skip
        found = after.resolve(before.anchor(place))
        assert found.place == other


def test_of_places_that_differ_in_nothing_the_nearest_is_taken() -> None:
    pages = ["alike alike alike"] * 9
    made = _text(pages).anchor(Place(((5, 0, 17),), 0))
    anchor = dataclasses.replace(made, spans=(PageSpan(5, 3, 20, ()),))
    found = _text(pages).resolve(anchor)
    assert found.hold is Hold.MOVED
    assert found.place is not None
    assert found.place.start == (5, 0)


@pytest.mark.parametrize("before", [0, 1, 2, 3])
@pytest.mark.parametrize("between", [0, 1, 4])
def test_two_equal_candidates_are_a_tie_and_no_hit(before: int, between: int) -> None:
    quote = "Every visitor writes down what the carers say about review dates."
    changed = quote.replace("visitor", "monitor")
    filler = sentences(31, 9)
    body = [*filler[:before], changed, *filler[3 : 3 + between], changed, filler[8]]
    anchor = Anchor(SHA, "test-1", (PageSpan(0, 0, len(quote), ()),), quote, "", "")
    assert _text(["\n".join(body)]).resolve(anchor) == Resolution(Hold.LOST, None)


@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize("after", [0, 1])
def test_one_candidate_alone_is_a_hit(before: int, after: int) -> None:
    quote = "Every visitor writes down what the carers say about review dates."
    changed = quote.replace("visitor", "monitor")
    filler = sentences(31, 6)
    text = _text(["\n".join([*filler[:before], changed, *filler[3 : 3 + after]])])
    anchor = Anchor(SHA, "test-1", (PageSpan(0, 0, len(quote), ()),), quote, "x", "y")
    found = text.resolve(anchor)
    assert found.hold is Hold.MOVED
    assert found.place is not None
    assert _words(text, found.place) == changed


@pytest.mark.parametrize("filled", [True, False])
@pytest.mark.parametrize("length", [12, 19, 25, 39])
def test_a_short_quote_is_never_found_by_likeness_without_its_context(
    length: int, filled: bool
) -> None:
    quote = "Reviews happen monthly in each of the teams"[:length].strip()
    changed = quote.replace("pp", "qp")
    assert changed != quote
    anchor = Anchor(SHA, "test-1", (PageSpan(0, 0, len(quote), ()),), quote, "", "")
    body = f"{sentences(1, 1)[0]}\n{changed}\n{sentences(2, 1)[0]}" if filled else changed
    assert _text([body]).resolve(anchor).hold is Hold.LOST


def test_a_short_quote_is_found_by_likeness_where_its_context_agrees() -> None:
    one, two = sentences(41, 2)
    before = _text([f"{one}\nReviews happen monthly.\n{two}"])
    anchor = before.anchor(_only(before, "Reviews happen monthly."))
    after = _text([f"{two}\n{one}\nReviews happened monthly.\n{two}"])
    found = after.resolve(anchor)
    assert found.hold is Hold.MOVED
    assert found.place is not None
    assert "happened" in _words(after, found.place)


def test_too_many_errors_are_no_likeness() -> None:
    quote = "Every visitor writes down what the carers say about review dates."
    letters = list(quote)
    for at in range(0, len(letters), 2):
        letters[at] = "q"
    anchor = Anchor(SHA, "test-1", (PageSpan(0, 0, len(quote), ()),), quote, "", "")
    assert _text(["".join(letters)]).resolve(anchor).hold is Hold.LOST


@pytest.mark.parametrize("share", [0.55, 0.6, 0.65])
def test_a_piece_of_a_passage_is_not_the_passage(share: float) -> None:
    quote = "Every visitor writes down what the carers say about review dates."
    left = quote[: int(len(quote) * share)]
    anchor = Anchor(SHA, "test-1", (PageSpan(0, 0, len(quote), ()),), quote, "", "")
    assert _text([left]).resolve(anchor).hold is Hold.LOST
    assert _text([quote[-len(left) :]]).resolve(anchor).hold is Hold.LOST


def test_a_passage_beyond_the_last_page_is_sought_by_its_words() -> None:
    said = sentences(51, 3)
    before = _text(said)
    anchor = before.anchor(_only(before, said[2]))
    after = _text([said[2]])
    found = after.resolve(anchor)
    assert found.hold is Hold.MOVED
    assert found.place == _only(after, said[2])


def test_offsets_that_make_no_sense_hold_nothing() -> None:
    text = _text(["some words"])
    for span in (PageSpan(0, 90, 99, ()), PageSpan(7, 0, 4, ()), PageSpan(0, 5, 5, ())):
        anchor = Anchor(SHA, "test-1", (span,), "not there", "", "")
        assert text.resolve(anchor) == Resolution(Hold.LOST, None)


def test_words_most_like_an_absent_quote_are_told_with_their_page() -> None:
    said = sentences(61, 4)
    text = _text(said)
    near = said[2].replace("e", "a", 2)
    assert near != said[2]
    found = text.nearest_words(near)
    assert found is not None
    page, words = found
    assert page == 2
    assert likeness(words, said[2]) is not None or words in said[2]
    assert text.nearest_words("short") is None


def test_words_most_like_a_shorter_absent_quote_are_told_too() -> None:
    text = _text([*sentences(61, 2), "Reviews happen monthly in each team."])
    found = text.nearest_words("Reviews happen weekly in each team")
    assert found is not None
    assert found[0] == 2


# --- quads ---------------------------------------------------------------------------------


def test_there_is_one_quad_for_each_line() -> None:
    page = flat_layer("first line\nsecond line\n\nthird")
    found = quads(page, 0, len(page.text))
    assert len(found) == 3
    assert found[0] == (72.0, 770.0, 72.0 + 6 * len("first line"), 780.0)
    assert [quad[1] for quad in found] == sorted((quad[1] for quad in found), reverse=True)
    assert quads(page, 10, 11) == ()
    assert quads(page, 3, 3) == ()


def test_cells_side_by_side_have_a_quad_each() -> None:
    page = flat_layer("left\tright")
    assert len(quads(page, 0, len(page.text))) == 2


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_on_turned_pages_a_line_is_still_one_quad(rotation: int) -> None:
    page = flat_layer("first line\nsecond line")
    boxes = page.boxes
    if rotation % 180:
        boxes = boxes[:, [1, 0, 3, 2]]
    turned = dataclasses.replace(page, rotation=rotation, boxes=boxes)
    assert len(quads(turned, 0, len(page.text))) == 2


def test_quads_cover_every_character_of_the_passage_and_no_other_line() -> None:
    said = sentences(71, 8)
    lines = broken(" ".join(said), 80)

    def paint(canvas: Canvas) -> None:
        column(canvas, lines, 72, 700)

    [page] = layers(painted(paint))
    text = _text([page])
    anchor = text.anchor(_only(text, said[3]))
    [span] = anchor.spans
    boxes = page.boxes[span.start : span.end]
    for item, letter in enumerate(page.text[span.start : span.end]):
        if letter.isspace():
            continue
        x0, y0, x1, y1 = boxes[item]
        assert any(
            q[0] - 0.01 <= x0 and q[1] - 0.01 <= y0 and q[2] + 0.01 >= x1 and q[3] + 0.01 >= y1
            for q in span.quads
        )
    rows = page.text[span.start : span.end].count("\n") + 1
    assert len(span.quads) == rows
