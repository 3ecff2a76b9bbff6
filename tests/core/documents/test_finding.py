"""Finding words on a page as a reader types them."""

from __future__ import annotations

import copy
import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.documents.finding import LONGEST, Wanted


def _found(query: str, text: str, *, match_case: bool = False, whole: bool = False) -> list[str]:
    """What stands where a query is found."""
    wanted = Wanted(query, match_case=match_case, whole_words=whole)
    return [text[start:end] for start, end in wanted.on(text)]


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        # capitals
        ("children", "Children and CHILDREN", ["Children", "CHILDREN"]),
        ("ÉCOLE", "une école", ["école"]),
        # accents, in one piece or two
        ("cafe", "the café", ["café"]),
        ("café", "the cafe", ["cafe"]),
        ("resume of", "the résumé of Zoë", ["résumé of"]),
        ("resume", "re\u0301sume\u0301s", ["re\u0301sume\u0301"]),
        ("cafe\u0301", "a café", ["café"]),
        ("naïve", "nai\u0308ve", ["nai\u0308ve"]),
        # ligatures
        ("office", "the oﬃce", ["oﬃce"]),
        ("ofﬁce", "the office", ["office"]),
        ("fluent ﬁnd", "ﬂuent find", ["ﬂuent find"]),
        ("i", "ﬁn", ["ﬁ"]),
        # hyphens at line ends
        ("safeguarding", "safe-\nguarding", ["safe-\nguarding"]),
        ("safeguarding", "safe‐\nguarding", ["safe‐\nguarding"]),
        ("safeguarding", "safe\u00ad\nguarding", ["safe\u00ad\nguarding"]),
        ("safeguarding", "safe\u00adguarding", ["safe\u00adguarding"]),
        ("safe-guarding", "safe-\nguarding", ["safe-\nguarding"]),
        ("long-term", "long‑term and long-\nterm", ["long‑term", "long-\nterm"]),
        ("safeguarding", "safe- guarding", []),
        ("safeguarding", "safe guarding", []),
        # quotation marks and apostrophes
        ("child's", "the child’s", ["child’s"]),
        ("child’s", "the child's", ["child's"]),
        ('"so"', "they said “so”", ["“so”"]),
        ("“so”", 'they said "so"', ['"so"']),
        # spaces
        ("three teams", "three\nteams", ["three\nteams"]),
        ("three teams", "three\n\nteams three\tteams", ["three\n\nteams", "three\tteams"]),
        ("  three   teams ", "three teams", ["three teams"]),
        ("three\nteams", "three teams", ["three teams"]),
        ("three teams", "three\u00a0teams three\u2009teams",
         ["three\u00a0teams", "three\u2009teams"]),
        ("threeteams", "three teams", []),
        # what stands on a page without being seen
        ("together", "to\u200bge\u200dther", ["to\u200bge\u200dther"]),
        # signs
        ("2014–15", "in 2014–15", ["2014–15"]),
        ("...", "and so on… then", ["…"]),
        ("m2", "per m²", ["m²"]),
        ("½", "½ a day", ["½"]),
        ("£5", "costs £5", ["£5"]),
    ],
)  # fmt: skip
def test_what_a_reader_means_is_found(query: str, text: str, found: list[str]) -> None:
    assert _found(query, text) == found


def test_capitals_make_a_difference_when_asked_for() -> None:
    text = "Care of the CARE plan, care."
    assert _found("Care", text) == ["Care", "CARE", "care"]
    assert _found("Care", text, match_case=True) == ["Care"]
    assert _found("Cafe", "Café café", match_case=True) == ["Café"]


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("care", "care carers scare care.", ["care", "care"]),
        ("care plan", "care plans and a care plan", ["care plan"]),
        ("cafe", "café cafés", ["café"]),
        ("child", "child's", ["child"]),
        ("e.g.", "see e.g. this", ["e.g."]),
        ("safeguarding", "safe-\nguarding", ["safe-\nguarding"]),
        ("14", "14 2014 14.5", ["14", "14"]),
    ],
)
def test_whole_words_are_no_parts_of_words(query: str, text: str, found: list[str]) -> None:
    assert _found(query, text, whole=True) == found


@pytest.mark.parametrize(
    "sign", [*list(".^$*+?{}[]\\|()#&~-"), "\\d", "(?i)", "a|b", ".*", "[a-z]"]
)
def test_signs_of_patterns_stand_for_themselves(sign: str) -> None:
    assert _found(sign, f"before {sign} after") == [sign]
    assert _found(sign, "xxx 123") == []


@pytest.mark.parametrize("query", ["", " ", "\n\t", "\u00a0", "\u0301", "\u00ad", "\u200b"])
def test_nothing_is_found_for_nothing(query: str) -> None:
    wanted = Wanted(query)
    assert wanted.empty
    assert wanted.on("some text\nwith ends – and é") == []


def test_what_is_typed_beyond_what_is_looked_at_makes_no_difference() -> None:
    words = " ".join(f"word{number}" for number in range(300))
    assert len(words) > LONGEST
    for whole in (False, True):
        [found] = _found(words, f"before {words} after", whole=whole)
        assert words.startswith(found)
        assert len(found) > LONGEST - 10
    assert _found("x" * 1_000_000, "x" * 1000) == ["x" * LONGEST] * 2
    assert _found("(" * 1_000_000, "no") == []


@pytest.mark.parametrize("text", ["", "\n", "é", "\n\n\n"])
def test_a_page_with_nothing_on_it_holds_nothing(text: str) -> None:
    assert _found("word", text) == []


def test_a_page_of_blanks_is_looked_through_as_any_other() -> None:
    text = ("a" + "\n" * 200) * 200
    assert _found("ab", text) == []
    assert len(_found("a a", text)) == 100


@pytest.mark.parametrize(("query", "count"), [("f", 1), (".", 1), ("fi", 1)])
def test_one_character_is_found_once(query: str, count: int) -> None:
    assert len(_found(query, {"f": "ﬀ", ".": "…", "fi": "ﬁ"}[query])) == count


# --- rules ---------------------------------------------------------------------------------

letters = st.sampled_from(["a", "b", "é", "e", "É", "ﬁ", "f", "i", "ﬀ", "’", "'", "…", ".", "😀"])
marks = st.sampled_from([" ", "\n", "-\n", "-", "“", '"', "\u0301", "\u00ad", "–", "\u00a0"])
texts = st.lists(letters | marks, max_size=40).map("".join)


def _folded(text: str) -> str:
    """What two texts have in common that a search finds alike, told without the search's help."""
    for straight, curly in (("'", "‘’"), ('"', "“”"), ("-", "‐‑")):
        for each in curly:
            text = text.replace(each, straight)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(
        each for each in text
        if not unicodedata.combining(each) and unicodedata.category(each) != "Cf"
    )  # fmt: skip
    return " ".join(text.casefold().split())


def _joined(text: str) -> str:
    """Folded, and without what line ends may add within words."""
    return _folded(text).replace(" ", "").replace("-", "")


@given(texts, texts)
def test_what_is_found_says_what_was_sought(query: str, text: str) -> None:
    for found in _found(query, text):
        if "\n" in found or set(found + query) & set("ﬁﬀ…"):
            assert _joined(query) in _joined(found)
        else:
            assert _folded(found) == _folded(query)


@given(texts, st.data())
def test_any_stretch_of_a_text_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    wanted = Wanted(text[start:end])
    ranges = wanted.on(text)
    assert wanted.empty == (not ranges)


@given(texts, texts, st.booleans(), st.booleans())
def test_places_are_code_points_of_the_text_in_order_and_apart(
    query: str, text: str, match_case: bool, whole: bool
) -> None:
    ranges = Wanted(query, match_case=match_case, whole_words=whole).on(text)
    for start, end in ranges:
        assert 0 <= start < end <= len(text)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ranges))


@given(texts, texts)
def test_what_is_asked_more_closely_is_found_less_often(query: str, text: str) -> None:
    loose = Wanted(query).on(text)
    assert len(Wanted(query, match_case=True).on(text)) <= len(loose)
    assert len(Wanted(query, whole_words=True).on(text)) <= len(loose)


_SIGNS = "aAnNoOiıİsſ-?'. \n\t_é–…•’½ﬁ\u00ad\u0301\u2028\x1c"


@given(st.text(_SIGNS, max_size=40), st.text(_SIGNS, min_size=1, max_size=5), st.booleans())
def test_what_is_found_in_bytes_is_found_as_the_pattern_finds_it(
    text: str, query: str, whole: bool
) -> None:
    wanted = Wanted(query, whole_words=whole)
    slow = copy.copy(wanted)
    slow._is_letters = slow._is_small = False
    assert wanted.on(text) == slow.on(text)
