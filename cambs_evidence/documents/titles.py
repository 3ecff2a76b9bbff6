"""The title that a document bears on its cover, over its text or as the subject of a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cambs_evidence.documents.bodies import body_of
from cambs_evidence.documents.front import FURNITURE, Front, Line
from cambs_evidence.documents.outline import plain
from cambs_evidence.documents.times import dates_in
from cambs_evidence.model import Suggestion

#: How much larger than the text a title is; lines that differ by less than that are one.
_LARGER, _ALIKE = 1.18, 0.88
#: A title of so many characters is complete, however its front goes on; a longer one is none.
_ENOUGH, _LONGEST = 60, 220
#: Parts of a title, where nothing but the order of lines tells what belongs to it.
_PARTS = 2

_DASH = " – "
_CHAPTER = re.compile(
    r"(?:part|section|chapter|appendix|annexe?)\s+(?:\d|[A-Z]\b|[IVX]+\b)|\d+[.)\s]|"
    r"(?:table of )?contents\b|introduction\Z|foreword\Z|(?:executive )?summary\Z|background\Z|"
    r"purpose\b|context\Z|acknowledgements?\Z|authors?\b|key (?:findings|points)\Z",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"https?:|www\.|@|\btel(?:ephone)?\b|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b", re.IGNORECASE
)
_LABEL = re.compile(r"[A-Z][\w /]{1,30}:(?:\s|\Z)")
_SUBJECT = re.compile(r"(?:re|subject|ref)\s*:\s*", re.IGNORECASE)
_UNFINISHED = re.compile(
    r"(?:\b(?:a|an|and|at|by|for|from|in|into|of|on|or|the|their|to|with)|[,&:–-])\Z",
    re.IGNORECASE,
)
_CONTINUING = re.compile(r"(?:and|of|for|in|to|with|on)\b|[(]|\d{4}")
_MARKS = "¹²³⁴⁵⁶⁷⁸⁹⁰*†‡ .,;:–-‐"


def title_of(front: Front, dear: Line | None) -> Suggestion | None:
    """The title; ``dear`` is the line that a letter begins with."""
    if dear is not None:
        return _subject(front, dear)
    typeset = any(line.typeset for line in front.lines)
    run = _opening(front) if typeset else _largest(front)
    title = _said(run)
    return _running(front, title) or title if title is not None else None


def _subject(front: Front, dear: Line) -> Suggestion | None:
    """What stands by itself between "Dear …" and the first sentence."""
    after = [line for line in front.on(dear.page) if line.start > dear.start]
    run = [line for line in after if line.paragraph == after[0].paragraph] if after else []
    said = " ".join(line.text for line in run)
    if not run or len(said) > _LONGEST or said.endswith((".", ",", "?", "!")) or ". " in said:
        return None
    title = _said(run)
    if title is None:
        return None
    label = _SUBJECT.match(title.value)
    value = title.value[label.end() :] if label else title.value
    start = title.start + (label.end() if label else 0)
    return Suggestion(value, title.page, start, title.end) if value else None


def _largest(front: Front) -> list[Line]:
    """The lines set in the largest type of the front, if it is larger than the text's."""
    lines = [line for line in front.lines if line.kind != "row" and _is_title(line)]
    top = max((line.size for line in lines), default=0.0)
    if top < _LARGER * front.usual:
        return []
    run: list[Line] = []
    for line in front.lines:
        large = line.size >= _ALIKE * top and line.kind != "row"
        if large and _is_title(line) and not (run and _ends_with_date(line)):
            run.append(line)
        elif run and not (large and _is_date(line)):
            break  # a date may stand in the middle of a title
    return run


def _opening(front: Front) -> list[Line]:
    """The first lines of a text that has no sizes of its own.

    A heading is a title by itself. A body that stands first is the one it is about.
    """
    lines = list(front.lines)
    while lines and (_ADDRESS.search(lines[0].text) or body_of(lines[0].text)):
        lines.pop(0)
    run: list[Line] = []
    for line in lines:
        wrapped = bool(run) and line.paragraph == run[-1].paragraph
        if _ADDRESS.search(line.text) and run:
            continue
        if not wrapped and not _goes_on(run, line):
            break
        if line.kind in {"row", "item"} or not (_is_title(line) or _is_joint(line)):
            break
        run.append(line)
    return run


def _goes_on(run: Sequence[Line], line: Line) -> bool:
    """True where another paragraph may belong to the title."""
    if not run:
        return True
    if run[0].kind == "heading" or line.kind == "heading" or _ends_with_date(line):
        return False
    said = _joined(run)
    return len(said) < _ENOUGH and said.count(_DASH) < _PARTS - 1


def _is_joint(line: Line) -> bool:
    """True for a word that only leads from one line to the next, such as "The"."""
    return line.text.casefold() in {"the", "and", "a", "of", "for"}


def _is_title(line: Line) -> bool:
    text = line.text
    letters = sum(each.isalpha() or each.isspace() for each in text)
    if letters < 0.6 * len(text) and not re.fullmatch(r"\(?(?:19|20)\d\d\W{0,3}\d{0,4}\)?", text):
        return False
    no_title = _CHAPTER.match(text) or _ADDRESS.search(text) or _LABEL.match(text)
    if no_title or _is_date(line) or body_of(text) is not None:
        return False
    return not text.endswith((".", ";", "?", ","))


def _is_date(line: Line) -> bool:
    return any(
        not (line.text[: when.start] + line.text[when.end :]).strip("()[] .,:").removeprefix("Date")
        for when in dates_in(line.text)
    )


def _ends_with_date(line: Line) -> bool:
    return any(not line.text[when.end :].strip("()[] .,") for when in dates_in(line.text))


def _said(run: Sequence[Line]) -> Suggestion | None:
    title = plain(_joined(run)).strip(_MARKS)
    words = re.findall(r"[^\W\d_]{2,}", title)
    if not run or len(words) < 2 or len(title) > _LONGEST:
        return None
    return Suggestion(title, run[0].page, run[0].start, run[-1].end)


def _joined(run: Sequence[Line]) -> str:
    """Lines as one: those that belong together with a space, others with a dash."""
    said = ""
    for before, line in zip([None, *run], run, strict=False):
        if before is None:
            said = line.text
            continue
        one = before.paragraph == line.paragraph and before.text.isupper() == line.text.isupper()
        beside = _UNFINISHED.search(said) or _CONTINUING.match(line.text)
        said += (" " if one or beside else _DASH) + line.text
    return said


def _running(front: Front, title: Suggestion) -> Suggestion | None:
    """The running header that says the title and more of it."""
    wanted = title.value.casefold()
    for line in _headers(front):
        said = line.text.casefold()
        if said != wanted and said.startswith(wanted) and len(said) <= _LONGEST:
            return Suggestion(plain(line.text).strip(_MARKS), line.page, line.start, line.end)
    return None


def _headers(front: Front) -> Iterator[Line]:
    for layer, lines in zip(front.pages, front.every, strict=True):
        for line in lines:
            if line.kind == FURNITURE and line.end <= layer.body[0]:
                yield line
