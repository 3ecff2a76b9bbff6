"""Bytes into text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.documents.decoding import decode
from cambs_evidence.errors import DocumentRefused

#: Text as people write it: no control characters, and no mark at its beginning.
writing = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"))
    | st.sampled_from("\n\r\t"),
    min_size=1,
    max_size=200,
).filter(lambda text: not text.startswith(("\ufeff", "{\\rtf", "PK\x03", "%PDF-")))


@given(writing)
def test_utf_8_is_read_with_and_without_its_mark(text: str) -> None:
    assert decode(text.encode("utf-8-sig")) == (text, "utf-8-sig")
    assert decode(text.encode()) == (text, "utf-8")


@given(writing)
def test_utf_16_is_read_by_its_mark(text: str) -> None:
    for mark, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        assert decode(mark + text.encode(encoding)) == (text, "utf-16")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_without_a_mark(encoding: str) -> None:
    text = "Naïve café: 12 “quotes” – so it is.\r\n" * 20
    assert decode(text.encode(encoding)) == (text, encoding)


def test_what_is_no_utf_8_is_read_as_windows_writes_it() -> None:
    text = "It’s £12 – a “café” for naïve people…\r\n"
    assert decode(text.encode("cp1252")) == (text, "cp1252")


@given(st.text(st.sampled_from("abc éß£’“–\n"), min_size=1).filter(lambda t: not t.isascii()))
def test_every_windows_character_comes_back(text: str) -> None:
    read, encoding = decode(text.encode("cp1252"))
    if encoding == "cp1252":
        assert read == text
    assert text.encode("cp1252").decode(encoding) == read


def test_bytes_that_stand_for_nothing_become_replacement_characters() -> None:
    text, encoding = decode(b"Caf\xe9 " + b"x" * 400 + b"\x81\x8d")
    assert encoding == "cp1252"
    assert text.endswith("\ufffd\ufffd")
    assert text.startswith("Café")


def test_line_ends_stay_as_they_are() -> None:
    assert decode(b"a\r\nb\rc\nd")[0] == "a\r\nb\rc\nd"


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02\x03" * 50,
        bytes(range(256)) * 4,
        b"words " * 20 + b"\x00" * 10,
        b"\x89PNG\r\n\x1a\n" + b"x" * 100,
        b"PK\x03\x04" + b"words " * 20,
        b"{\\rtf1 words}",
        b"%PDF-1.4 words",
        b"\xd0\xcf\x11\xe0" + b"words " * 20,
    ],
)
def test_binary_content_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentRefused) as refused:
        decode(data)
    assert refused.value.code == "format"


def test_a_broken_utf_16_file_is_refused_and_not_guessed_at() -> None:
    with pytest.raises(DocumentRefused, match="UTF-16"):
        decode(codecs.BOM_UTF16_LE + "words".encode("utf-16-le") + b"\x00")


def test_a_mark_is_never_read_as_letters() -> None:
    data = codecs.BOM_UTF8 + "A naïve line, and in it one byte of another: ".encode() + b"\xe9\n"
    text, _ = decode(data)
    assert text.startswith("A na")


def test_a_few_stray_control_characters_are_overlooked() -> None:
    assert decode(b"words\x0c and\x1b words\x01")[0] == "words\x0c and\x1b words\x01"


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text, encoding = decode(data)
    except DocumentRefused:
        return
    assert text == data.decode(encoding, "replace")
