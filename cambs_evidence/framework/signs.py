"""What a line of a self-assessment is by its beginning: a code, a heading, a summary."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cambs_evidence.framework.lines import Line

_BRACKETED = re.compile(r"\(?(\d{1,2})\s?\.\s?(\d{1,2})\s?\)\s*(.*)", re.DOTALL)
_PLAIN = re.compile(r"(\d{1,2})\.(\d{1,2})[.:]?\s+((?=[^\W\d_])(?=[A-Z“‘\"']).*)", re.DOTALL)
_HEADING = re.compile(
    r"(section|part|standard|theme|area)?\s*(\d{1,2})\s*([.):–-])?\s+((?=[^\W\d_]|[“‘\"']).*)",
    re.IGNORECASE | re.DOTALL,
)
_SUMMARY = re.compile(
    r"(?:summary\s*(?:and|&)\s*evidence|summary|evidence|self-?\s?assessment|narrative)\s*"
    r"(?:(:)\s*(.*)|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE = re.compile(r"[a-z)’”][.!?](?:\s|\Z)")
#: A heading is no longer than this.
_LONGEST_HEADING = 160


@dataclass(frozen=True, slots=True)
class Code:
    """The code that a line begins with, and what stands behind it."""

    section: int
    place: int
    rest: str

    def __str__(self) -> str:
        return f"{self.section}.{self.place}"


@dataclass(frozen=True, slots=True)
class Title:
    """The number that a line begins with as a heading does, and what stands behind it."""

    number: int
    rest: str


@dataclass(frozen=True, slots=True)
class Signs:
    """How a document writes its codes: ``1.1)``, or without a bracket."""

    bracketed: bool = True

    def code(self, line: Line) -> Code | None:
        """The code that a line begins with, or None."""
        pattern = _BRACKETED if self.bracketed else _PLAIN
        found = pattern.fullmatch(line.text)
        if found is None or found.group(1).startswith("0"):
            return None
        return Code(int(found.group(1)), int(found.group(2)), found.group(3).strip())

    def title(self, line: Line) -> Title | None:
        """The heading of a section that a line begins, or None."""
        found = _HEADING.fullmatch(line.text)
        if found is None or line.item or len(line.text) > _LONGEST_HEADING:
            return None
        word, number, stop, rest = found.groups()
        marked = word or stop or line.heading or rest.isupper()
        if not marked or number.startswith("0") or _SENTENCE.search(rest):
            return None
        return Title(int(number), rest.strip())


def summary(line: Line) -> str | None:
    """What stands behind a line's "Summary:"; empty for nothing, None where it is no such line."""
    found = _SUMMARY.fullmatch(line.text)
    return None if found is None else (found.group(2) or "").strip()


def goes_on(title: str, line: Line) -> bool:
    """True for a line with which a heading goes on, ``title`` being what it said so far."""
    if len(line.text) > _LONGEST_HEADING / 2 or _SENTENCE.search(line.text):
        return False
    if title.isupper():
        return line.text.isupper()
    return not line.opens or line.text[:1].islower()
