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
#: What is quickly looked for: without one of these in small letters, none of the above is there.
_NOTICE_SIGNS = (
    "crown copyright", "©", "isbn", "all rights", "reproduced", "you may", "copies of this",
    "copy of this", "different format", "alternative format", "large print", "braille", "tel",
    "fax", "mail", "website", "reference n", "non-commercial", "licence", "license",
    "this publication", "for more information",
)  # fmt: skip
_LINK_SIGNS = ("://", "www", ".gov", ".org", ".co", ".ac", ".nhs")
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
_ENDS_IN_PAGE = re.compile(r"[\divxlc]\s*$", re.IGNORECASE | re.MULTILINE)
_FIGURE = re.compile(r"\d+")
_NUMBER = re.compile(r"(?<![\d.%£])\b\d{1,3}\b(?![\d.%])")
#: A page number, behind which the next heading begins.
_BEFORE_HEADING = re.compile(_NUMBER.pattern + r"(?=\W+[A-Z\d]|\W*$)")
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
    # Letters of words are counted first: where they are many, single ones need no count.
    signs = len("".join(text.split()))
    if sum(map(len, words)) < _FEWEST_LETTERS * signs and (
        sum(map(str.isalpha, text)) < _FEWEST_LETTERS * signs
    ):
        return True
    small = text.lower()
    if _LETTER.match(text) and len(words) <= 12:
        return True
    if _FURNITURE.match(text) or _DATE.fullmatch(text.strip()):
        return True
    if len(words) <= _LONGEST_NOTICE and (
        any(each in small for each in _NOTICE_SIGNS) and _NOTICE.search(text)
    ):
        return True
    return _is_address(text, small, words) or _is_contents(text)


def _is_address(text: str, small: str, words: list[str]) -> bool:
    signs = _MAIL.findall(text) if "@" in text else []
    signs += _LINK.findall(text) if any(each in small for each in _LINK_SIGNS) else []
    signs += _PHONE.findall(text) if "0" in text or "+44" in text else []
    signs += _POSTCODE.findall(text)
    rest, left = text, words
    if signs:
        for pattern in (_MAIL, _LINK, _PHONE, _POSTCODE):
            rest = pattern.sub(" ", rest)
        left = _WORD.findall(rest)
        if len(left) < 4 or len(left) <= 6 * len(signs):
            return True
    # Short lines of names in capitals, one of them a street or a house.
    named = all(word[0].isupper() or word in {"of", "the", "and", "for", "at"} for word in left)
    if not named or len(words) > 30:
        return False
    parts = [each for each in re.split(r"[,\n]", rest) if _WORD.search(each)]
    return len(parts) > 1 and bool(_STREET.search(rest))


def _is_contents(text: str) -> bool:
    # Nothing without a figure at an end of a line, or some figures, is a list of contents.
    if not _ENDS_IN_PAGE.search(text) and len(_FIGURE.findall(text)) < 4:
        return False
    if _LEADERS.search(text):
        return True
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    entries = sum(len(line) < _LONGEST_ENTRY and _is_entry(line) for line in lines)
    if "\t" in text and len(lines) == 1 and entries == 1:
        return True
    if len(lines) > 1 and entries >= 0.6 * len(lines):
        return True
    # The same run together on one line: headings with page numbers that rise; or a table's head.
    numbers = [int(each) for each in _NUMBER.findall(text)]
    rises = len(numbers) >= 4 and all(a <= b for a, b in pairwise(numbers))
    if not rises or re.search(r"[.;:!?%£]", text.strip(" .")):
        return False
    words = len(_WORD.findall(text))
    headings = len(_BEFORE_HEADING.findall(text)) == len(numbers)
    return words <= 2 * len(numbers) or (headings and words <= 9 * len(numbers))


def _is_entry(line: str) -> bool:
    """Whether a line is a heading with a page number behind it."""
    found = _PAGE.search(line)
    return found is not None and not set(".:;%£") & set(line) and bool(_WORD.search(line))
