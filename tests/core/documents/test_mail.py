"""Messages: their headings, their text, and what they enclose."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from cambs_evidence.documents import mail, plain
from cambs_evidence.documents.flow import Kind
from cambs_evidence.errors import DocumentRefused


def _message(text: str = "Dear Bob,\n\nThe visit went well.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Ölsson <ann@wealdshire.example>"
    message["To"] = "bob@wealdshire.example"
    message["Subject"] = "Visit to Alder House – March"
    message["Date"] = "Fri, 08 Aug 2014 23:12:00 -0500"
    message.set_content(text)
    return message


def test_headings_come_first_the_subject_as_a_heading() -> None:
    letter = mail.read(_message().as_bytes())
    said = [(block.kind, block.text) for block in letter.flow.blocks]
    assert said == [
        (Kind.HEADING, "Visit to Alder House – March"),
        (Kind.PARAGRAPH, "From: Ann Ölsson <ann@wealdshire.example>"),
        (Kind.PARAGRAPH, "To: bob@wealdshire.example"),
        (Kind.PARAGRAPH, "Date: Fri, 08 Aug 2014 23:12:00 -0500"),
        (Kind.PARAGRAPH, "Dear Bob,"),
        (Kind.PARAGRAPH, "The visit went well."),
    ]
    assert (letter.subject, letter.date) == ("Visit to Alder House – March", "2014-08-08")


def test_every_word_is_traced_to_the_decoded_source() -> None:
    message = _message()
    message.add_alternative("<p>other</p>", subtype="html")
    letter = mail.read(message.as_bytes())
    text, origins = plain.flowing(letter.flow)
    assert "other" not in text
    for letter_, origin in zip(text, origins.tolist(), strict=True):
        assert origin < 0 or letter.source[origin] in {letter_, "\n", "\r"}


def test_html_is_read_where_there_is_no_plain_text() -> None:
    message = _message()
    message.set_content("<p>Dear <b>Bob</b></p><script>no()</script><ul><li>one</ul>", "html")
    letter = mail.read(message.as_bytes())
    assert [block.text for block in letter.flow.blocks][-2:] == ["Dear Bob", "• one"]
    at = letter.flow.blocks[-2].source()[5]
    assert letter.source[int(at) :].startswith("Bob</b>")


def test_what_is_enclosed_has_its_name_and_its_bytes() -> None:
    message = _message()
    message.add_attachment(b"\x00\x01", maintype="application", subtype="x", filename="plan.bin")
    message.add_attachment(b"one", maintype="text", subtype="plain", filename="../../up.txt")
    message.add_attachment(b"two", maintype="text", subtype="plain", filename="C:\\x\\up.txt")
    message.add_attachment(b"three", maintype="application", subtype="pdf")
    inner = _message("Inside.\n")
    inner.replace_header("Subject", "Re: a/b")
    message.add_attachment(inner)
    letter = mail.read(message.as_bytes())
    names = [each.name for each in letter.enclosed]
    assert names == ["plan.bin", "up.txt", "up (2).txt", "attachment 4.pdf", "Re a b.eml"]
    assert [each.data for each in letter.enclosed[:4]] == [b"\x00\x01", b"one", b"two", b"three"]
    assert mail.read(letter.enclosed[4].data).subject == "Re: a/b"
    assert f"Attachments: {', '.join(names)}" in letter.flow.text


def test_small_pictures_within_the_text_are_decoration() -> None:
    message = _message()
    message.add_alternative("<p>x<img src=cid:a></p>", subtype="html")
    html = message.get_payload()[1]
    for size in (100, mail.DECORATION):
        html.add_related(b"x" * size, "image", "png", cid=f"<{size}>")
    assert [len(each.data) for each in mail.read(message.as_bytes()).enclosed] == [mail.DECORATION]


def test_more_than_can_be_taken_out_is_named_as_that() -> None:
    message = _message()
    for number in range(mail.MOST_ENCLOSED + 3):
        message.add_attachment(b"x", maintype="text", subtype="plain", filename=f"{number}.txt")
    *rest, last = mail.read(message.as_bytes()).enclosed
    assert len(rest) == mail.MOST_ENCLOSED
    assert all(each.reason is None for each in rest)
    assert "more than" in (last.reason or "")


def test_parts_nested_without_end_are_refused() -> None:
    head = "From: a@b.example\nMIME-Version: 1.0\n"
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000)
    )
    with pytest.raises(DocumentRefused, match="deeply"):
        mail.read(f"{head}{parts}\nwords".encode())


@pytest.mark.parametrize(
    "data",
    [
        b"From: a@b.example\nDate: no day\nSubject: =?utf-8?b?broken\nMIME-Version: 1.0\n\nWords",
        b"From: a@b.example\nContent-Type: text/plain; charset=none-such\n\nWords",
        b"From: a@b.example\nContent-Transfer-Encoding: base64\nMIME-Version: 1.0\n\nV29yZHM",
        b"From: <<<@@,,;;\nTo: undisclosed:;\nMessage-ID: x\n\nWords",
        b"From: a@b.example\nTo: " + b"x@y.example, " * 3000 + b"\n\nWords",
    ],
)
def test_a_message_that_is_not_as_it_should_be_is_read_all_the_same(data: bytes) -> None:
    letter = mail.read(data)
    assert letter.flow.blocks[-1].text == "Words"
    assert letter.date is None
