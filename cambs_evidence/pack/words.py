"""What a pack prints in words and signs of its own, wherever it stands."""

from __future__ import annotations

from cambs_evidence.model import CriterionCoverage, Polarity
from cambs_evidence.pack.contents import Contents, Excerpt, counted
from cambs_evidence.wording import POLARITIES, in_words
from cambs_evidence.wording import STATES as STATE_WORDS

#: How each polarity is told, without colour: sign, word, and the rule beside the quote.
SIGNS = {
    polarity: (*POLARITIES[polarity], ink, dash)
    for polarity, ink, dash in (
        (Polarity.STRENGTH, (0.10, 0.42, 0.24), ()),
        (Polarity.DEVELOPMENT, (0.62, 0.34, 0.0), (6.0, 2.5)),
        (Polarity.NEUTRAL, (0.36, 0.40, 0.45), (1.2, 2.2)),
    )
}
#: What a marker leaves of white paper where a passage of a polarity stands.
MARKERS = {
    Polarity.STRENGTH: (0.80, 0.94, 0.70),
    Polarity.DEVELOPMENT: (1.0, 0.88, 0.62),
    Polarity.NEUTRAL: (0.88, 0.90, 0.94),
}
STATES = {state: " ".join(words) for state, words in STATE_WORDS.items()}


def annex_warning(contents: Contents) -> str:
    """What must be known before whole pages of sources are passed on."""
    pages = len(contents.annex)
    marking = contents.facts.marking
    handled = f" It is marked {marking} and must be handled as that." if marking else ""
    return (
        f"This annex carries {counted(pages, 'whole page')} of "
        f"{counted(len(contents.documents), 'document')}, not only the passages quoted. Such pages "
        "concern children and may name or describe them, their families and staff."
        f"{handled} Read them before you send the pack; a pack without the annex holds the quotes "
        "alone."
    )


def head_words(excerpt: Excerpt) -> str:
    """The line over a quote: polarity, criterion, reference, if it is old, its version, news."""
    _, word, _, _ = SIGNS[excerpt.link.polarity]
    old = " · old evidence" if excerpt.old else ""
    version = f" · {excerpt.version}" if excerpt.version else ""
    news = f" · {excerpt.news}" if excerpt.news else ""
    return f"{word} · {excerpt.link.code} · {excerpt.reference}{old}{version}{news}"


def note_words(excerpt: Excerpt) -> str:
    """The officer's note as it is printed."""
    return f"Note: {excerpt.link.note}"


def not_applicable(reason: str) -> str:
    """That a criterion does not apply, and why, as a sentence."""
    words = f"Not applicable: {' '.join(reason.split())}"
    return words if words.endswith((".", "!", "?")) else f"{words}."


def in_figures(told: CriterionCoverage) -> list[str]:
    """What the evidence of a criterion comes to: its state, counts, documents and newest date."""
    counts = [
        f"{count} {word}"
        for count, word in (
            (told.strength, "strength"),
            (told.development, "development"),
            (told.neutral, "neutral"),
        )
        if count
    ]
    said = [STATES[told.state], *counts]
    said += [counted(told.documents, "document")] if told.documents else []
    said += [f"newest {in_words(told.latest)}"] if told.latest else []
    return said


def summary(told: CriterionCoverage) -> str:
    """The line under a criterion."""
    return "  ·  ".join(in_figures(told))


def years(told: CriterionCoverage) -> str:
    """From which month to which the evidence of a criterion goes."""
    oldest = (told.oldest or "")[:7]
    newest = (told.latest or "")[:7]
    return oldest if oldest == newest else f"{oldest} – {newest}"
