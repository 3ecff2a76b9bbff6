"""What counts as the same text, and what never does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cambs_evidence.documents.folding import Key, likeness, readable, same, search_key

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#: Text without bullets or hyphens, whose rules know a source and a quote.
plain_text = st.text(LETTERS + " .,;:!?()'\"%£&/", min_size=1, max_size=80)
any_text = st.text(st.characters(codec="utf-8", exclude_categories=("Co", "Cs", "Cc")), max_size=60)
spaces = st.sampled_from([" ", "  ", "\n", "\t", " \n ", "\u00a0", "\u2003", "\r\n", "\u202f"])


@given(any_text)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert likeness(text, text) == 0


@given(plain_text, plain_text)
def test_likeness_does_not_ask_which_text_came_first(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)


@given(st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=2, max_size=12), st.data())
def test_white_space_of_any_kind_and_length_is_folded(
    words: list[str], data: st.DataObject
) -> None:
    other = words[0]
    for word in words[1:]:
        other += data.draw(spaces) + word
    assert likeness(other, " ".join(words)) == 0
    assert likeness(" ".join(words), other) == 0


@given(st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=2, max_size=12))
def test_words_run_together_differ_in_spacing_alone(words: list[str]) -> None:
    assert likeness(" ".join(words), "".join(words)) == 1
    assert likeness("".join(words), " ".join(words)) == 1


@given(plain_text, st.data())
def test_a_single_changed_letter_or_digit_is_a_difference(text: str, data: st.DataObject) -> None:
    places = [place for place, letter in enumerate(text) if letter.isalnum()]
    assume(places)
    place = data.draw(st.sampled_from(places))
    letter = data.draw(st.sampled_from(LETTERS))
    assume(letter != text[place])
    changed = text[:place] + letter + text[place + 1 :]
    assert likeness(text, changed) is None
    assert likeness(changed, text) is None
    assert search_key(text) != search_key(changed)


@given(any_text, st.data())
def test_a_changed_letter_in_any_script_is_a_difference(text: str, data: st.DataObject) -> None:
    places = [place for place, letter in enumerate(text) if letter.isalnum()]
    assume(places)
    place = data.draw(st.sampled_from(places))
    letter = data.draw(st.characters(codec="utf-8", categories=("Lu", "Ll", "Lo", "Nd")))
    fold = unicodedata.normalize("NFKC", letter)
    assume(fold != unicodedata.normalize("NFKC", text[place]))
    assume(unicodedata.normalize("NFKC", text) != unicodedata.normalize(
        "NFKC", text[:place] + letter + text[place + 1 :]))  # fmt: skip
    assert likeness(text, text[:place] + letter + text[place + 1 :]) is None


@given(plain_text, st.data())
def test_a_letter_left_out_or_put_in_is_a_difference(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    letter = data.draw(st.sampled_from(LETTERS))
    longer = text[:place] + letter + text[place:]
    assert likeness(text, longer) is None
    assert likeness(longer, text) is None


@given(plain_text, st.sampled_from(".,;:!?()'\"%£&/"), st.data())
def test_punctuation_left_out_is_a_difference(text: str, mark: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    longer = text[:place] + mark + text[place:]
    assert likeness(text, longer) is None
    assert likeness(longer, text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("91.7%", "91,7%"),
        ("91.7%", "917%"),
        ("£1,250", "£1250"),
        ("3 – 5", "3 - 5"),
        ("a—b", "a-b"),
        ("-5", "5"),
        ("twenty-one", "twentyone"),
        ("re-form", "reform"),
        ("not.", "not?"),
        ("No", "no"),
        ("it's", "its"),
        ("(a)", "a"),
        ("1.2", "12"),
        ("x\u00b7y", "xzy"),
    ],
)
def test_what_a_reader_would_see_as_another_text_is_a_difference(one: str, other: str) -> None:
    assert likeness(one, other) is None
    assert likeness(other, one) is None
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("‘so’ “it”", "'so' \"it\""),
        ("don’t", "don't"),
        ("don`t", "don´t"),
        ("oﬀer ﬁve ﬂoors eﬃcient raﬄe", "offer five floors efficient raffle"),
        ("ﬆ ﬅ", "st st"),
        ("Ⅳ ½", "IV 1⁄2"),
        ("ｆｕｌｌ １２", "full 12"),
        ("CO₂ m²", "CO2 m2"),
        ("wait…", "wait..."),
        ("№ 7", "No 7"),
        ("ten‑day", "ten-day"),
        ("ten‐day", "ten-day"),
        ("a\u00adb", "ab"),
        ("a\u200bb", "ab"),
        ("\ufeffab", "ab"),
        ("ﬁ\ufb01", "fifi"),
    ],
)
def test_forms_of_the_same_character_are_alike(one: str, other: str) -> None:
    assert likeness(one, other) == 0
    assert likeness(other, one) == 0


@pytest.mark.parametrize("word", ["café", "naïve", "Zoë", "Łódź", "Ångström", "Žižek"])
def test_an_accent_is_alike_whether_it_is_one_character_or_two(word: str) -> None:
    apart = unicodedata.normalize("NFD", word)
    assert likeness(word, apart) == 0
    assert likeness(apart, word) == 0
    assert search_key(word) == search_key(apart)


@pytest.mark.parametrize(("one", "other"), [("café", "cafe"), ("Zoë", "Zoe"), ("ﬁ", "fl")])
def test_a_missing_accent_is_a_difference(one: str, other: str) -> None:
    assert likeness(one, other) is None
    assert likeness(unicodedata.normalize("NFD", one), other) is None


@given(
    st.text(LETTERS[:52], min_size=1, max_size=9),
    st.text(LETTERS[:52], min_size=1, max_size=9),
    st.sampled_from(["-", "‐", "‑", "\u00ad"]),
    st.sampled_from(["\n", " \n", "\r\n", "\n\n", "\n  "]),
)
def test_a_hyphen_at_a_line_end_may_be_joined_or_kept(
    left: str, right: str, hyphen: str, end: str
) -> None:
    page = f"so {left}{hyphen}{end}{right} it"
    assert likeness(page, f"so {left}{right} it") == 0
    assert likeness(page, f"so {left}-{right} it") == 0
    assert likeness(f"so {left}-{right} it", page) == 0
    assert likeness(f"so {left}{right} it", page) == 0
    assert likeness(page, page) == 0


def test_a_hyphen_copied_with_the_space_of_its_line_end_is_alike() -> None:
    assert likeness("so long-\nterm it", "so long- term it") is not None
    assert likeness("so longterm it", "so long- term it") is not None


def test_a_hyphen_within_a_line_counts() -> None:
    assert likeness("long-term", "longterm") is None
    assert likeness("longterm", "long-term") is None
    assert likeness("a - b", "a b") is None


@pytest.mark.parametrize("bullet", list("•▪●◦○■□▫➢✓‣∙·\uf0b7\uf0a7\ufffd"))
def test_a_bullet_counts_for_nothing_whatever_it_is_called(bullet: str) -> None:
    page = f"{bullet} first of\n{bullet} second of"
    assert likeness(page, "first of second of") is not None
    assert likeness("first of second of", page) is not None
    assert likeness(page, "• first of\n• second of") == 0
    assert likeness(page, "- first of\n- second of") == 0


def test_a_dash_before_a_figure_is_no_bullet() -> None:
    assert likeness("fell by -3 and", "fell by 3 and") is None


@given(any_text)
def test_each_character_of_a_key_knows_where_it_comes_from(text: str) -> None:
    key = Key(text)
    assert len(key.places) == len(key.text)
    assert (key.places[1:] >= key.places[:-1]).all()
    assert key.text == "".join(search_key(text[place]) for place in sorted(set(key.places)))


@given(any_text, st.data())
def test_the_key_of_a_stretch_stands_in_the_key_of_the_whole(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert search_key(text[start:end]) in Key(text).text


@given(plain_text, plain_text)
def test_texts_with_the_same_likeness_have_the_same_key(one: str, other: str) -> None:
    if likeness(one, other) is not None:
        assert search_key(one) == search_key(other)


def _never(_left: str, _right: str) -> bool:
    return False


def _always(_left: str, _right: str) -> bool:
    return True


@given(plain_text)
@example("a\nb\tc  d")
def test_what_is_quoted_is_the_same_as_what_stands_there(text: str) -> None:
    assert likeness(text, readable(text, _never)) == 0
    assert readable(text, _never) == " ".join(text.split())


@given(st.text(LETTERS[:52], min_size=1, max_size=9), st.text(LETTERS[:52], min_size=1, max_size=9))
def test_a_quote_joins_or_keeps_line_end_hyphens_as_it_is_told(left: str, right: str) -> None:
    page = f"so {left}-\n{right} it"
    asked: list[tuple[str, str]] = []

    def keeps(one: str, other: str) -> bool:
        asked.append((one, other))
        return True

    assert readable(page, keeps) == f"so {left}-{right} it"
    assert asked == [(left, right)]
    assert readable(page, _never) == f"so {left}{right} it"


def test_a_soft_hyphen_that_is_kept_becomes_a_hyphen() -> None:
    assert readable("long\u00ad\nterm", _always) == "long-term"


def test_control_characters_are_not_quoted() -> None:
    assert readable("a\x02b\x00c", _never) == "abc"
