"""The closing matter of a pack: what reviewers said, register of sources, sign-off."""

from __future__ import annotations

from collections import Counter

from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.indexed import indexed
from cambs_evidence.pack.press import Press, Printed
from cambs_evidence.pack.reviewed import reviewed, signatures
from cambs_evidence.pack.sheet import Cell
from cambs_evidence.wording import in_words


def put_review(press: Press) -> None:
    """What reviewers said, where they did."""
    if not press.contents.reviewed:
        return
    with press.tags.open("Sect"):
        column = press.column("What reviewers said")
        press.heading(column, "What reviewers said", "review", outline=0)
        for reference, stretches in reviewed(column, press.contents).items():
            press.stands(press.printed.setdefault(reference, Printed()).stand, stretches)


def put_register(press: Press) -> None:
    """The register of sources, and how the pack is checked."""
    with press.tags.open("Sect"):
        _register_of_sources(press)


def _register_of_sources(press: Press) -> None:
    contents = press.contents
    column = press.column("Register of sources")
    press.heading(column, "Register of sources", "register", outline=0)
    column.text(
        "The documents that this pack quotes, each told by the SHA-256 of its bytes as they "
        "were received.",
        s.BODY,
    )
    column.space(10)
    widths = [150, 66, 40, 44, s.MEASURE - 300]
    head = [
        Cell("Document", s.CELL_BOLD), Cell("Date", s.CELL_BOLD),
        Cell("Pages", s.CELL_BOLD, "right"), Cell("Quotes", s.CELL_BOLD, "right"),
        Cell("File and SHA-256", s.CELL_BOLD),
    ]  # fmt: skip
    rows = []
    quoted = Counter(each.document.id for each in contents.excerpts)
    for document in contents.documents:
        quotes = quoted[document.id]
        about = [document.title]
        about += [each for each in (document.kind, document.issuer) if each]
        if document.version > 1 or document.replaced_by:
            replaced = ", replaced since" if document.replaced_by else ""
            about.append(f"version {document.version}{replaced}")
        rows.append(
            [
                Cell("; ".join(about)),
                Cell(in_words(document.date)),
                Cell(str(document.pages), align="right"),
                Cell(str(quotes), align="right"),
                Cell(f"{document.filename} {document.sha256[:32]} {document.sha256[32:]}"),
            ]
        )
    s.table(column, widths, head, rows)
    column.space(26)
    column.need(150)
    press.heading(column, "How to check this pack", "checking", outline=0)
    column.text(
        "Inside this file lies a manifest that programs read: for each quote its document, "
        "place and words. With the program, “Verify a pack” (or the command verify) reads "
        "the print, the manifest and the sources again and says of each quote whether it "
        "stands where it is said to stand. No network is needed, and nobody has to be "
        "trusted: the sources are told by their SHA-256, which any computer can work out.",
        s.BODY,
    )


def put_index(press: Press, first: int) -> None:
    """The index by document; ``first`` is how many pages stand before the sheets set so far."""
    if not press.contents.excerpts:
        return
    where = {
        name: first + number
        for number, each in enumerate(press.sheets, start=1)
        for name, _ in each.places
    }
    with press.tags.open("Sect"):
        column = press.column("Index by document")
        press.heading(column, "Index by document", "index", outline=0)
        column.text(
            "What is quoted of each document, in its order: page and paragraph there, criterion, "
            "polarity, the first words, the quote’s reference, and its page in this pack.",
            s.BODY,
        )
        column.space(12)
        indexed(column, press.contents, where)


def put_sign_off(press: Press) -> None:
    """Where each section is signed."""
    column = press.column("Sign-off")
    press.heading(column, "Sign-off", "sign-off", outline=0)
    column.text("Signed for each section by the person who answers for it.", s.BODY)
    column.space(10)
    widths = [s.MEASURE - 262, 110, 66, 86]
    head = [Cell(each, s.CELL_BOLD) for each in ("Section", "Name", "Date", "Signature")]
    rows = [
        [Cell(f"{part.number}  {part.title}"), *signatures(press.contents, part)]
        for part in press.contents.parts
    ]
    s.table(column, widths, head, rows, pad=8.0)  # room to sign
