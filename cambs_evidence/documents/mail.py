"""E-mail: from bytes to an interpreted text with a heading block, and what is enclosed.

The decoded source of a message is made here: the headings that are shown, one a line, an empty line
and the body as it was written. The plain body is preferred to that in HTML. What is enclosed comes
out as names and bytes, for documents of their own; nothing is written to disk on the way.
"""

from __future__ import annotations

import email.header
import email.message
import email.parser
import email.policy
import email.utils
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage, MIMEPart
from typing import Any

from cambs_evidence.documents import blocks, decoding, webpage
from cambs_evidence.documents.flow import Block, Flow, Kind, Segment, Span, Style, Styled
from cambs_evidence.documents.inline import INVISIBLE
from cambs_evidence.errors import DocumentRefused

#: Stored with each text layer; changes whenever any source could come out differently.
RULES_VERSION = "mail-1"
#: What one message may enclose: parts, and bytes of all together.
MOST_ENCLOSED, LARGEST_ENCLOSED = 100, 200 * 1024 * 1024
#: A picture within the text below this many bytes is a logo or a line, no document.
DECORATION = 10 * 1024

_FIELD = re.compile(rb"[!-9;-~]{1,76}:|[ \t]")
_ONLY_IN_MAIL = re.compile(
    rb"^(?:message-id|mime-version|received|return-path|delivered-to|x-[!-9;-~]+):",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = re.compile(rb"^from:", re.IGNORECASE | re.MULTILINE)
_SHOWN = ("From", "To", "Cc", "Date")
#: A longer heading is not taken apart, only decoded.
_LONG_HEADING = 4000
_LONGEST_NAME = 150
_HIDDEN = re.compile(INVISIBLE)
_PATHS = re.compile(r".*[/\\:]", re.DOTALL)
Part = MIMEPart
_POLICY: Any = email.policy.default
#: A message within another is written out as it came, without folding anything anew.
_AS_IT_CAME: Any = email.policy.default.clone(refold_source="none", cte_type="8bit")


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file that a message encloses; ``reason`` says why its bytes are not there."""

    name: str
    data: bytes = b""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was read; ``date`` is the ISO text of its day, None where it has none."""

    source: str
    flow: Flow
    subject: str
    date: str | None
    enclosed: tuple[Enclosed, ...]


def is_mail(data: bytes, *, named: bool) -> bool:
    """Whether a file is a message: it begins with headings, one of them found only in mail.

    For one that is ``named`` so, a sender is enough.
    """
    head = re.split(rb"\r?\n\r?\n", data[:65536].lstrip(b"\r\n\xef\xbb\xbf"), maxsplit=1)[0]
    lines = head.splitlines()
    if not lines or not all(_FIELD.match(line) for line in lines[:-1] or lines):
        return False
    return bool(_FROM.search(head)) and (named or _ONLY_IN_MAIL.search(head) is not None)


def read(data: bytes) -> Letter:
    """A message, its body interpreted.

    Raises DocumentRefused where it is nested too deeply or says nothing at all.
    """
    try:
        message = email.parser.BytesParser(EmailMessage, policy=_POLICY).parsebytes(data)
        body = _body(message)
        enclosed = tuple(_enclosed(message, body))
    except RecursionError as error:
        raise DocumentRefused(
            "its parts are nested too deeply; it may have been made to do harm"
        ) from error
    headings = [(name, _heading(message, name)) for name in ("Subject", *_SHOWN)]
    headings.append(("Attachments", ", ".join(each.name for each in enclosed)))
    lines = [(name, value) for name, value in headings if value]
    source = "".join(f"{name}: {value}\n" for name, value in lines) + "\n"
    found = _headings(lines)
    text = _text(body) if body is not None else ""
    if body is not None and body.get_content_subtype() == "html":
        said, _ = webpage.read(text)
    else:
        said = list(blocks.interpret(text, markdown=False))
    found += [_shifted(block, len(source)) for block in said]
    if not found:
        raise DocumentRefused("it holds no text", code="empty")
    return Letter(
        source + text,
        Flow(tuple(found), RULES_VERSION),
        dict(lines).get("Subject", ""),
        _day(message),
        enclosed,
    )


# --- headings --------------------------------------------------------------------------------


def _heading(message: Part, name: str) -> str:
    """A heading as people read it, on one line; empty where there is none."""
    raw = next((str(v) for key, v in message.raw_items() if key.lower() == name.lower()), "")
    value = raw
    try:
        if len(raw) > _LONG_HEADING:
            value = str(email.header.make_header(email.header.decode_header(raw)))
        else:
            value = str(message[name] or "")
    except Exception:  # noqa: BLE001 - the library gives up on some in many ways: shown as it came
        value = raw
    return " ".join(_HIDDEN.sub("", value.replace("\ufffd", "")).split())


def _headings(lines: list[tuple[str, str]]) -> list[Block]:
    """The subject as a heading, the others below each other with their names."""
    found: list[Block] = []
    at = 0
    for name, value in lines:
        if name == "Subject":
            start = at + len(name) + 2
            text = Styled(value, (Segment(len(value), start),))
            found.append(Block(Kind.HEADING, (text,), 1))
        else:
            said = f"{name}: {value}"
            bold = (Span(0, len(name) + 1, Style.BOLD),)
            tight = bool(found) and found[-1].kind is Kind.PARAGRAPH
            text = Styled(said, (Segment(len(said), at),), bold)
            found.append(Block(Kind.PARAGRAPH, (text,), tight=tight))
        at += len(name) + len(value) + 3
    return found


def _day(message: EmailMessage) -> str | None:
    raw = next((str(v) for key, v in message.raw_items() if key.lower() == "date"), "")
    try:
        return email.utils.parsedate_to_datetime(raw).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


# --- body ------------------------------------------------------------------------------------


def _body(message: EmailMessage) -> Part | None:
    """The part that is the text of a message, the plain one where it says anything."""
    plain = message.get_body(("plain",))
    if plain is not None and _text(plain).strip():
        return plain
    return message.get_body(("html", "plain"))


def _text(part: Part) -> str:
    """The text of a part, its line ends and encoding told apart."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset() or ""
    try:
        if charset and "\x00" not in (text := data.decode(charset, "strict")):
            return text
    except (LookupError, ValueError):
        pass  # told by its bytes
    try:
        if part.get_content_subtype() == "html":
            return webpage.decode(data)[0]
        return decoding.decode(data)[0]
    except DocumentRefused:
        return ""


def _shifted(block: Block, by: int) -> Block:
    """A block whose source stands so much further on."""

    def moved(text: Styled) -> Styled:
        return replace(text, segments=tuple(map(ahead, text.segments)))

    def ahead(segment: Segment) -> Segment:
        return Segment(segment.length, segment.source + by if segment.source >= 0 else -1)

    return replace(
        block,
        cells=tuple(map(moved, block.cells)),
        marker=moved(block.marker),
        gap=ahead(block.gap),
    )


# --- what is enclosed ------------------------------------------------------------------------


def _enclosed(message: EmailMessage, body: Part | None) -> Iterator[Enclosed]:
    size = count = 0
    names: dict[str, int] = {}
    for part in _leaves(message, body):
        count += 1
        name = _name(part, count)
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:  # two of one name are told apart
            stem, dot, ending = name.rpartition(".")
            name = f"{stem or ending} ({names[name]}){dot}{ending if stem else ''}"
        if count > MOST_ENCLOSED:
            why = f"its message encloses more than {MOST_ENCLOSED} files; save this one first"
            yield Enclosed(name, reason=why)
            return
        try:
            data = _bytes(part)
        except Exception:  # noqa: BLE001 - whatever the library gives up on, it cannot be read
            yield Enclosed(name, reason="it is enclosed in a way that cannot be read")
            continue
        size += len(data)
        if size > LARGEST_ENCLOSED:
            limit = LARGEST_ENCLOSED // 1024**2
            why = f"its message encloses more than {limit} MB; save this file first"
            yield Enclosed(name, reason=why)
            return
        yield Enclosed(name, data)


def _leaves(message: EmailMessage, body: Part | None) -> Iterator[Part]:
    """The parts that are files: not the text, nor other ways to say it, nor decoration."""
    waiting: list[tuple[Part, bool]] = [(message, False)]
    while waiting:
        part, is_one_way = waiting.pop()
        kind = part.get_content_type()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            parts = [each for each in part.get_payload() if isinstance(each, MIMEPart)]
            is_one_way |= kind == "multipart/alternative"
            waiting += [(each, is_one_way) for each in reversed(parts)]
            continue
        named = part.get_filename() is not None
        if part is body or (part is message and not named and body is None):
            continue
        if is_one_way and not named and kind.startswith("text/"):
            continue
        if kind.startswith("image/") and part.get("Content-ID") and not _is_attached(part):
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and len(data) < DECORATION:
                continue
        yield part


def _is_attached(part: Part) -> bool:
    return part.get_content_disposition() == "attachment"


def _bytes(part: Part) -> bytes:
    if part.get_content_maintype() == "message" and part.is_multipart():
        within: Any = part.get_payload()
        return b"\n".join(each.as_bytes(policy=_AS_IT_CAME) for each in within)
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise TypeError(type(data))
    return data


def _name(part: Part, number: int) -> str:
    """The file name of a part, without folders and what could mislead; one is made up if need be.

    A message within is called by its subject.
    """
    given = _PATHS.sub("", _HIDDEN.sub("", part.get_filename() or ""))
    name = " ".join(given.split()).strip(". ")
    kind = part.get_content_type()
    if not name and kind == "message/rfc822" and part.is_multipart():
        within: Any = part.get_payload()
        [first, *_] = within
        subject = re.sub(r'[/\\:*?"<>|]+', " ", _heading(first, "Subject"))
        name = " ".join(subject.split())[: _LONGEST_NAME - 4].strip(". ")
        name = f"{name}.eml" if name else ""
    if not name:
        ending = ".eml" if kind == "message/rfc822" else mimetypes.guess_extension(kind) or ""
        name = f"attachment {number}{ending}"
    stem, dot, ending = name.rpartition(".")
    if len(name) > _LONGEST_NAME:
        name = f"{stem[: _LONGEST_NAME - 10]}{dot}{ending[:9]}" if stem else name[:_LONGEST_NAME]
    return name
