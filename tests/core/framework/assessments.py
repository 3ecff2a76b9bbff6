"""A self-assessment of our own, with every trap that a real one sets, and pages made of it."""

from __future__ import annotations

from pathlib import Path

from cambs_evidence import paths
from cambs_evidence.documents import pdf, plain, written
from cambs_evidence.documents.containers import DOCX
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.framework import bundled, proposing, reading
from cambs_evidence.model import Framework, Proposal, ReadCriterion

TEXT = """\
PART A: ABOUT THE COUNTY

1. People in post

2. Papers

1.1 What went well in 2031
1.2 What did not

PART C: HOW WE STAND

1. GARDENS AND GREENHOUSES

1.1) The beds are weeded each week, and somebody looks whether they
were. (M)

1.2)  Watering follows the weather. Rain is
measured every day (M).
 1.3 ) Tools are cleaned before they are put away.

Summary and evidence:

Summary :
The beds were weeded in 2031 and in 2032.
Over the year 91.7% of beds were seen twice.

91.7% of the beds were seen.

6.

1. All gardeners are told to close the gate at night so that no deer comes in.

2. No gate was found open.

1.1)  The beds are weeded each week, and somebody looks whether they
were. (M)

A rota of 2032 is kept in the shed.

 45 ITEM 9 - APPENDIX 1

1.4) Seeds are bought from growers nearby.

Summary and evidence:

A list of growers is kept. It names
https://example.org/growers

HARVEST AND KITCHEN

2. FRUIT, NUTS AND OTHER GOOD THINGS FOR

THE KITCHEN

The statements of this section come from another orchard.

2.1) Every tree is picked in time, no matter where it stands
(consider the far ones) in SPRING
2.2) Every tree is picked in time, no matter where it stands
(consider the far ones) in AUTUMN

2.3) There are enough baskets for:

a) apples
b) pears (M)

\uf0b7 and for nuts.

https://example.org/baskets

 46 ITEM 9 - APPENDIX 1

Summary :
Baskets were bought. A new
 one is on its way.

2.4) Cellars are aired, and what is in them
is turned.
(M)

2.5) Jam is labelled with its year.
NEW

Summary and evidence:

Summary :
Jam of 2032 is labelled.
 3. BEES AND
HIVES

Summary :

Hives were counted in 2032.
"""


def pages(data: str | bytes) -> list[PageLayer]:
    """The pages that the program makes of a text, or of a file of this kind."""
    data = data.encode() if isinstance(data, str) else data
    if data.startswith(b"%PDF"):
        return list(pdf.layers(data, None))
    said = written.read(data, DOCX.media_type if data.startswith(b"PK") else written.TEXT)
    return plain.typeset(said.flow, paths.fonts(), "Ours").layers


def proposed(
    data: str | bytes, filename: str = "ours.txt", known: Framework | None = None
) -> Proposal:
    """The framework that is read from a text, or from the bytes of a file."""
    known = known or bundled.came_with_it()
    return proposing.proposed(pages(data), known=known, filename=filename, sha256="0" * 64)


def read(path: Path) -> Proposal:
    """The framework of a file, read in this process but for its pages."""
    *_, last = reading.read(path, bundled.came_with_it(), None)
    assert isinstance(last, Proposal)
    return last


def criteria(proposal: Proposal) -> dict[str, ReadCriterion]:
    """The criteria that were read, by code."""
    return {
        each.code: each
        for section in proposal.sections
        for block in section.blocks
        for each in block.criteria
    }


def shape(proposal: Proposal) -> list[object]:
    """All that a framework says, without places and doubts."""
    return [
        (each.number, each.title,
         [[(one.code, one.label, one.statement, one.marked) for one in block.criteria]
          for block in each.blocks])
        for each in proposal.sections
    ]  # fmt: skip
