"""The body that issued a document, by what its text says of that; not any body it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cambs_evidence.documents import bodies
from cambs_evidence.documents.front import Front, Line
from cambs_evidence.model import Suggestion

_MADE = r"(?:produced|published|prepared|issued|written|compiled|commissioned and produced)"
_BY = re.compile(
    rf"(?:(?:a |this )?(?:report|briefing|summary)|{_MADE})\s+by(?:\s+the)?:?\s*", re.IGNORECASE
)
_PRODUCED = re.compile(
    r",?\s(?:has\s|have\s)?(?:produces|produced|publishes|published|prepares|prepared|issues|issued|"
    r"wrote|undertook|carried out) this\b"
)
_BEFORE = re.compile(rf"(?:\A|[^\w])(?:The\s)?(?P<body>{bodies.BODY})\Z")
_COPYRIGHT = re.compile(
    rf"(?:©|\(c\)|copyright)\s*(?:(?:19|20)\d\d\s*)?,?\s*(?P<body>{bodies.BODY})"
)
_IMPRINT = re.compile(rf"(?P<body>{bodies.BODY}),?\s(?:19|20)\d\d\.?")
_ADDRESSEE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Cllr|Councillor|Sir|Dame|Professor|To:|For)\b")
_CLOSE = re.compile(r"Yours (?:sincerely|faithfully)", re.IGNORECASE)
_REACH = 120
#: A unit and the body it belongs to; more are a list.
_TOGETHER = 2


def issuer_of(front: Front, kind: str | None, dear: Line | None) -> Suggestion | None:
    """The issuing body.

    What the text says in so many words ("report by", "produced this", a copyright, an imprint)
    counts most. A letter is of the body in its letterhead, above date and addressee, or below its
    signature. An inspection report is of an inspectorate: a council on its cover is the one that
    was inspected. Otherwise it is the one body that stands by itself on the cover or on the last
    page.
    """
    found = _by(front) or _produced(front) or _copyright(front)
    if found is not None:
        return found
    if dear is not None:
        return _letterhead(front, dear) or _signature(front)
    if kind == "Inspection report":
        return _inspector(front)
    last = front.last if front.pages[-1].index > 0 else []
    return _imprint(last) or _only(front.lines) or _only(last)


def _by(front: Front) -> Suggestion | None:
    """The body after "report by", on the same line or on those below."""
    for number, line in enumerate(front.lines):
        label = _BY.match(line.text)
        if label is None:
            continue
        rest = line.text[label.end() :]
        if rest:
            body = bodies.body_of(rest)
            if body is not None:
                return Suggestion(body, line.page, line.start + label.end(), line.end)
        else:
            return _cluster(front.lines[number + 1 :])
    return None


def _produced(front: Front) -> Suggestion | None:
    for layer in front.pages:
        flat = front.text(layer.index)
        for verb in _PRODUCED.finditer(flat):
            near = max(0, verb.start() - _REACH)
            found = _BEFORE.search(flat[near : verb.start()].rstrip(","))
            if found is not None:
                body = bodies.named(found["body"])
                if " " in body or bodies.inspector_in(body):
                    start, end = found.span("body")
                    return Suggestion(body, layer.index, near + start, near + end)
    return None


def _copyright(front: Front) -> Suggestion | None:
    for line in (*front.lines, *front.last):
        found = _COPYRIGHT.search(line.text[:300])
        if found is not None and "Crown" not in found["body"] and " " in found["body"]:
            start, end = found.span("body")
            return Suggestion(
                bodies.named(found["body"]), line.page, line.start + start, line.start + end
            )
    return None


def _letterhead(front: Front, dear: Line) -> Suggestion | None:
    above: list[Line] = []
    for line in front.lines:
        if line.start >= dear.start or _ADDRESSEE.match(line.text):
            break
        above.append(line)
    return _only(above) or _address(above)


def _signature(front: Front) -> Suggestion | None:
    for layer in reversed(front.pages):
        lines = front.on(layer.index)
        for number, line in enumerate(lines):
            if _CLOSE.match(line.text):
                return _only(lines[number + 1 :])
    return None


def _inspector(front: Front) -> Suggestion | None:
    """The inspectorate whose address the front or the last page gives."""
    return _address(front.lines) or _address(front.last)


def _address(lines: Iterable[Line]) -> Suggestion | None:
    for line in lines:
        found = bodies.by_address(line.text)
        if found is not None:
            body, start, end = found
            return Suggestion(body, line.page, line.start + start, line.start + end)
    return None


def _imprint(lines: Iterable[Line]) -> Suggestion | None:
    for line in lines:
        found = _IMPRINT.fullmatch(line.text) if len(line.text) <= bodies.LONGEST else None
        if found is not None:
            start, end = found.span("body")
            return Suggestion(found["body"], line.page, line.start + start, line.start + end)
    return None


def _only(lines: Sequence[Line]) -> Suggestion | None:
    """The bodies on lines of their own, where there is but one group of such lines."""
    groups: list[list[Line]] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if line.kind == "row" or bodies.body_of(line.text) is None:
            continue
        if before is not None and groups and groups[-1][-1] is before:
            groups[-1].append(line)
        else:
            groups.append([line])
    return _cluster(groups[0]) if len(groups) == 1 and len(groups[0]) <= _TOGETHER else None


def _cluster(lines: Sequence[Line]) -> Suggestion | None:
    """The bodies that the first lines name, a unit and what it belongs to."""
    named: list[str] = []
    for line in lines[:_TOGETHER]:
        body = bodies.body_of(line.text)
        if body is None:
            break
        named.append(body)
    if not named:
        return None
    return Suggestion(", ".join(named), lines[0].page, lines[0].start, lines[len(named) - 1].end)
