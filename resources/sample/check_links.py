"""Checks that every quote of the sample case stands exactly once in its document.

Usage: python check_links.py CASE_JSON LINKS_JSON DOCUMENTS_DIR

A quote and a document are compared with white space folded and with words joined
that a hyphen parts at a line's end. Running headers and footers and the footnotes
at a page's foot are moved behind the text, so that a quote may run over a page end.
"""

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path

import pypdfium2

PDFIUM_HYPHEN = "\ufffe"  # what PDFium gives for a hyphen at a line's end
POLARITIES = {"strength", "development", "neutral"}


def fold(text: str) -> str:
    """``text`` with words joined at line ends and white space folded."""
    return re.sub(r"\s+", " ", text.replace(PDFIUM_HYPHEN, "")).strip()


def pdf_text(path: Path) -> str:
    """The text of all pages of a PDF, and behind it their headers and footers.

    The documents draw a page's furniture before its text. Lines that stand on more
    than one page, but for their figures, are furniture; so is what is drawn among
    them: the footnotes.
    """
    with pypdfium2.PdfDocument(path) as document:
        pages = [page.get_textpage().get_text_range().splitlines() for page in document]
    seen = Counter(re.sub(r"\d+", "#", line) for lines in pages for line in lines)
    body: list[str] = []
    furniture: list[str] = []
    for lines in pages:
        start = 0
        while start < len(lines) and _is_furniture(lines, start, seen):
            start += 1
        furniture += lines[:start]
        body += lines[start:]
    return "\n".join(body + furniture)


def _is_furniture(lines: list[str], at: int, seen: Counter[str]) -> bool:
    """Whether line ``at`` repeats on other pages, or is a footnote or its mark."""
    line = lines[at]
    is_mark = line.strip().isdigit()
    after_mark = at > 0 and lines[at - 1].strip().isdigit() and line.startswith(" ")
    return seen[re.sub(r"\d+", "#", line)] > 1 or is_mark or after_mark


def read_text(path: Path) -> str:
    """The text of a PDF or of a plain text file."""
    return pdf_text(path) if path.suffix == ".pdf" else path.read_text(encoding="utf-8")


def main() -> int:
    """Prints what is wrong and a summary; gives 1 when something is wrong."""
    parser = argparse.ArgumentParser(description="Checks the quotes of the sample case.")
    parser.add_argument("case", type=Path, metavar="CASE_JSON")
    parser.add_argument("links", type=Path, metavar="LINKS_JSON")
    parser.add_argument("documents", type=Path, metavar="DOCUMENTS_DIR")
    arguments = parser.parse_args()
    case = json.loads(arguments.case.read_text(encoding="utf-8"))
    links = json.loads(arguments.links.read_text(encoding="utf-8"))
    texts = {
        document["filename"]: fold(read_text(arguments.documents / document["filename"]))
        for document in case["documents"]
    }
    wrong = 0
    for number, link in enumerate(links, start=1):
        found = texts[link["document"]].count(fold(link["quote"]))
        if found != 1 or link["polarity"] not in POLARITIES:
            wrong += 1
            print(f"link {number}: found {found} times: {link['quote']}")
    sections = {link["criterion"].partition(".")[0] for link in links}
    criteria = {link["criterion"] for link in links}
    print(f"{len(links)} links, {len(criteria)} criteria, {len(sections)} sections, {wrong} wrong")
    for name, text in texts.items():
        tagged = sum(link["document"] == name for link in links)
        print(f"{name}: {len(text.split())} words, {tagged} links")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
