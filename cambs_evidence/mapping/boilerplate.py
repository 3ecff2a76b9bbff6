"""Text that is evidence for nothing: contents lists, addresses, notices of the publisher."""

from __future__ import annotations

import re
from itertools import pairwise

_LINK = re.compile(r"(?:https?://|www\d?\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:gov|org|co|ac|com|nhs)\.?\w*"
                   r"(?:/\S*)?", re.IGNORECASE)  # fmt: skip
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?:\+44|\(?0\d{2,4}\)?)[\s\d()-]{6,}\d")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_STREET = re.compile(
    r"\b(?:road|street|lane|avenue|house|court|floor|hall|hill|kingsway|square|drive|close|way|"
    r"place|box|building|centre|park|terrace)\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"crown copyright|©|\bISBN\b|all rights reserved|reproduced (?:in whole|for|without|free)|"
    r"you may (?:copy|re-?use|freely)|(?:further )?copies of this|copy of this document|"
    r"in a different format|alternative formats?|large print|braille|"
    r"(?:^|\s)(?:telephone|tel|fax|email|e-mail|website)\s*:|reference n(?:o|umber)\b|"
    r"non-commercial|visit our website|open government licen[cs]e|this publication|"
    r"for more information (?:contact|visit)",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"\s*(?:dear\s+(?:mr|mrs|ms|miss|dr|sir|madam|colleague)\b|yours (?:sincerely|faithfully))",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"\s*(?:page\s*\|?\s*)?\d*\s*(?:of\s+\d+)?\s*(?:item\s+\d+\s*[-–]\s*)?(?:appendix|annex)?\s*"
    r"[\divxlc]*\s*$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:\d{1,2}(?:st|nd|rd|th)?\s+)?[A-Z][a-z]{2,8}\s+\d{4}")
_LEADERS = re.compile(r"(?:[.…_·]\s?){4,}\s*[\divxlc]+\s*$", re.IGNORECASE | re.MULTILINE)
#: Ends a line of a contents list.
_PAGE = re.compile(r"\s(?:\d{1,3}|[ivxlc]{1,5})$")
#: Characters of such a line, at most.
_LONGEST_ENTRY = 90
_WORD = re.compile(r"[^\W\d_]{2,}")
#: Words of which fewer make no statement.
_FEWEST_WORDS = 2
#: Share of letters below which a text is a column of figures.
_FEWEST_LETTERS = 0.2
#: Notices of publishers are no longer than this, in words.
_LONGEST_NOTICE = 90


def is_boilerplate(text: str) -> bool:
    """True for a text that says nothing of how children's services are."""
    words = _WORD.findall(text)
    if len(words) < _FEWEST_WORDS and not any(len(word) > 4 for word in words):
        return True
    letters = sum(map(str.isalpha, text))
    if letters < _FEWEST_LETTERS * len("".join(text.split())):
        return True
    if _LETTER.match(text) and len(words) <= 12:
        return True
    if _FURNITURE.match(text) or _DATE.fullmatch(text.strip()):
        return True
    if len(words) <= _LONGEST_NOTICE and _NOTICE.search(text):
        return True
    return _is_address(text, len(words)) or _is_contents(text)


def _is_address(text: str, words: int) -> bool:
    signs = [*_MAIL.findall(text), *_LINK.findall(text), *_PHONE.findall(text)]
    signs += _POSTCODE.findall(text)
    rest = text
    for pattern in (_MAIL, _LINK, _PHONE, _POSTCODE):
        rest = pattern.sub(" ", rest)
    left = _WORD.findall(rest)
    if signs and (len(left) < 4 or len(left) <= 6 * len(signs)):
        return True
    # Short lines of names in capitals, one of them a street or a house.
    parts = [each for each in re.split(r"[,\n]", rest) if _WORD.search(each)]
    named = all(word[0].isupper() or word in {"of", "the", "and", "for", "at"} for word in left)
    return named and len(parts) > 1 and words <= 30 and bool(_STREET.search(rest))


def _is_contents(text: str) -> bool:
    if _LEADERS.search(text):
        return True
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    entries = sum(len(line) < _LONGEST_ENTRY and _is_entry(line) for line in lines)
    if "\t" in text and len(lines) == 1 and entries == 1:
        return True
    if len(lines) > 1 and entries >= 0.6 * len(lines):
        return True
    # The same run together on one line: headings with page numbers that rise.
    numbers = [int(each) for each in re.findall(r"(?<![\d.%£])\b\d{1,3}\b(?![\d.%])", text)]
    rises = len(numbers) >= 4 and all(a <= b for a, b in pairwise(numbers))
    plain = not re.search(r"[.;:!?%£]", text.strip(" ."))
    return rises and plain and len(_WORD.findall(text)) <= 9 * len(numbers)


def _is_entry(line: str) -> bool:
    """Whether a line is a heading with a page number behind it."""
    found = _PAGE.search(line)
    return found is not None and not set(".:;%£") & set(line) and bool(_WORD.search(line))
