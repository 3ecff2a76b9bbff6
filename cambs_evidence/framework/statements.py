"""The wording of a criterion out of its lines, its mark, and a short label."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from cambs_evidence.documents.folding import readable, search_key
from cambs_evidence.framework.lines import Line

#: Characters that a label made from the wording has at most.
LONGEST_LABEL = 56
#: Words of the end of a wording that tell it from others with the same beginning.
_LAST_WORDS = 4

_MARK = re.compile(r"\(\s*M\s*\)")
_AT_END = re.compile(r"\s*\(\s*M\s*\)\s*([.;]?)\s*\Z")
_REMARK = re.compile(r"\s+[-–(\[]?(NEW|AMENDED|REVISED|UPDATED)[)\]]?\s*\Z")
_PART = re.compile(r"\(?(?:[a-z]|[ivx]{1,4})\)\s")


@dataclass(frozen=True, slots=True)
class Statement:
    """A full wording without its mark.

    ``partly`` where the mark stands within it or at a part of it alone: there it is left standing.
    ``remark`` is a word behind the wording that is none of it.
    """

    text: str
    marked: bool
    partly: bool = False
    remark: str = ""


def statement(lines: Sequence[str], joined: Callable[[Iterable[str]], str]) -> Statement:
    """What the lines of a criterion say; ``joined`` makes one text of lines."""
    text, remark = joined(lines), ""
    marked = False
    while found := _AT_END.search(text) or _REMARK.search(text):
        if found.re is _REMARK:
            remark = found.group(1)
            text = text[: found.start()]
            continue
        marked = True
        if _is_of_part(lines):
            return Statement(text, True, True, remark)
        text = text[: found.start()]
        text += found.group(1) if text[-1:] not in ".;!?" else ""
    if not marked and _MARK.search(text):
        return Statement(text, True, True, remark)
    return Statement(text, marked, False, remark)


def _is_of_part(lines: Sequence[str]) -> bool:
    """True where the mark stands behind one of several lettered parts."""
    return any(_PART.match(line) for line in lines[1:])


def is_part(line: Line) -> bool:
    """True for a line that begins a part of a criterion: lettered, or with a bullet."""
    return line.item or _PART.match(line.text) is not None


def is_mark(text: str) -> bool:
    """True for a line that holds the mark alone, or a remark."""
    return not _MARK.sub("", text).strip(" .") or _REMARK.fullmatch(f" {text}") is not None


def joiner(lines: Iterable[Line]) -> Callable[[Iterable[str]], str]:
    """What makes one text of lines, by how the document writes its words elsewhere."""
    words: set[str] = set()
    compounds: set[str] = set()
    for line in lines:
        low = line.text.lower()
        words.update(re.findall(r"\w+", low))
        compounds.update(re.findall(r"\w+-\w+", low))

    def keeps_hyphen(left: str, right: str) -> bool:
        together = f"{left}{right}".lower()
        return f"{left}-{right}".lower() in compounds and together not in words

    def joined(texts: Iterable[str]) -> str:
        return readable("\n".join(texts), keeps_hyphen)

    return joined


def label(wording: str) -> str:
    """A short label out of the first words of a wording, with … where it was cut."""
    first = re.split(r"(?<=[^\W\d_]{2}[.;])\s", wording, maxsplit=1)[0].rstrip(" .;:,")
    if len(first) <= LONGEST_LABEL:
        return first
    cut = first[:LONGEST_LABEL].rsplit(" ", 1)[0].rstrip(" .;:,–-(")
    return f"{cut}…"


def labels(wordings: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Labels out of wordings; those that begin alike are told apart by their last words."""
    plain = [label(each) for each in wordings]
    known = [*taken, *plain]
    alike = {each for each in plain if known.count(each) > 1}
    return [
        _by_its_end(wording) if each in alike else each
        for wording, each in zip(wordings, plain, strict=True)
    ]


def _by_its_end(wording: str) -> str:
    words = wording.rstrip(" .;").split()
    end = " ".join(words[-_LAST_WORDS:])
    begin = label(wording)[: max(LONGEST_LABEL - len(end) - 2, 12)].rsplit(" ", 1)[0]
    return f"{begin.rstrip(' …,;:')}… {end}"


def same(one: str, other: str) -> bool:
    """True where two wordings say the same: letters, digits and punctuation, in one case."""
    return folded(one) == folded(other)


def folded(wording: str) -> str:
    """A wording as it is compared: without spaces, hyphens, bullets, mark or full stop."""
    return search_key(_MARK.sub(" ", wording)).casefold().rstrip(".;")
