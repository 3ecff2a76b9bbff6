"""The cases whose packs and sources are changed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cambs_evidence import sample
from cambs_evidence.case import Case
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.model import Imported, Link, PackOptions, Polarity
from cambs_evidence.paths import resources
from cambs_evidence.review import Verdict
from tests.core.pack.forging import manifest

DATE = "2025-04-01"


@dataclass
class Prepared:
    """A case with its pack and its sources, and what is worked out once."""

    case: Path
    pack: Path
    sources: Path
    links: list[Link]
    scratch: Path
    read: dict[str, list[PageLayer]] = field(default_factory=dict)

    @property
    def claims(self) -> dict[str, Any]:
        """The manifest."""
        return manifest(self.pack)


def prepared(folder: Path, reports: Path | None = None) -> Prepared:
    """The sample case with a review, or a case of reports, in a folder of its own."""
    case, pack = folder / "case.cambs", folder / "pack.pdf"
    if reports is None:
        sources = resources() / "sample" / "documents"
        list(sample.build(case, "officer"))
        with Case.open(case, by="auditor") as opened:
            _reviewed(opened)
    else:
        sources = reports
        with Case.create(case, by="officer", title="Reports") as opened:
            _tagged(opened, reports)
            _reviewed(opened)
    scratch = folder / "scratch"
    scratch.mkdir()
    with Case.open(case, by="officer", readonly=True) as opened:
        list(opened.build_pack(pack, PackOptions(date=DATE, crops=True)))
        links = list(opened.evidence())
    return Prepared(case, pack, sources, links, scratch)


def _reviewed(case: Case) -> None:
    for number, link in enumerate(case.evidence()[:9]):
        case.decide(link.id, list(Verdict)[number % 3], "As seen." * (number % 2))


def _tagged(case: Case, reports: Path) -> None:
    """Quotes from all over the reports, with a few areas and tables."""
    taken = [each for each in case.import_files([reports]) if isinstance(each, Imported)]
    assert all(each.status == "imported" for each in taken)
    chance = random.Random(11)
    codes = [each.code for section in case.framework().sections for each in section.criteria]
    for document in case.documents():
        text = case.text(document)
        for page in chance.sample(text.pages, min(8, len(text.pages))):
            begin, end = page.body
            if end - begin < 300:
                continue
            start = chance.randrange(begin, end - 250)
            place = text.find(page.text[start : start + chance.randint(40, 240)].strip())
            if place:
                case.tag_anchor(
                    document, text.anchor(place[0]), case.target(chance.choice(codes)),
                    chance.choice(list(Polarity)), note="Read on 3 May, twice.",
                )  # fmt: skip
        area = case.area(document, 0, (80, 300, 400, 500))
        case.tag_anchor(document, area, case.target(chance.choice(codes)), Polarity.NEUTRAL)
