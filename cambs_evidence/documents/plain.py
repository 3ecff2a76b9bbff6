"""Text and Markdown: from bytes to an interpreted text, and on to pages.

Four steps, each in its module: ``decoding`` (which encoding), ``lines`` and ``blocks`` (what stands
where), ``inline`` (markup within a line), ``typesetting`` (pages). What a source is interpreted as
depends on nothing but the source and the version of the rules, so that a stored page can be proved
against its source later.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cambs_evidence.documents import blocks
from cambs_evidence.documents.decoding import decode
from cambs_evidence.documents.flow import Flow, Styled
from cambs_evidence.documents.layer import IntArray
from cambs_evidence.documents.typesetting import Typeset, typeset
from cambs_evidence.errors import DocumentRefused

__all__ = ["RULES_VERSION", "Typeset", "aside", "decode", "flowing", "interpret", "typeset"]

#: Stored with each text layer; changes whenever any source could come out differently.
RULES_VERSION = "plain-1"


def interpret(source: str, markdown: bool) -> Flow:
    """What a decoded source says once its markup is interpreted.

    Tags, entities, emphasis with stars, list signs and tabs are interpreted in both kinds of
    source; underscores, code, links, quotes and underlined headings in Markdown only. Nothing in a
    source is ever run, fetched or included.

    Args:
        source: text as :func:`decode` gives it; offsets count its code points.
        markdown: whether it is Markdown rather than plain text.

    Raises:
        DocumentRefused: if nothing but white space or markup is left.
    """
    found = tuple(blocks.interpret(source, markdown=markdown))
    if not found:
        raise DocumentRefused("it holds no text", code="empty")
    return Flow(found, RULES_VERSION)


def flowing(flow: Flow) -> tuple[str, IntArray]:
    """All that is printed, one block a line, and for each character its offset in the source.

    The offset is -1 where a character stands nowhere in the source.
    """
    return _joined((block.text, block.source()) for block in flow.blocks)


def aside(flow: Flow) -> tuple[str, IntArray]:
    """As :func:`flowing`, for what is printed beside the text: notes, headers and footers."""
    texts: list[Styled] = []
    for block in flow.blocks:
        for running in (block.running, block.running and block.running.first):
            texts += [*running.top, *running.foot] if running else ()
        texts += [note.text for cell in block.cells for note in cell.notes]
    return _joined((each.text, each.source()) for each in texts)


def _joined(parts: Iterable[tuple[str, IntArray]]) -> tuple[str, IntArray]:
    texts: list[str] = []
    origins: list[IntArray] = []
    none = np.array([-1], np.int32)
    for text, source in parts:
        if texts:
            texts.append("\n")
            origins.append(none)
        texts.append(text)
        origins.append(source)
    return "".join(texts), np.concatenate(origins) if origins else np.zeros(0, np.int32)
