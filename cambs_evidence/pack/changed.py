"""What has changed since an earlier pack, in print: counts first, then each thing by its name."""

from __future__ import annotations

from collections.abc import Sequence

from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.changes import CLOSED, OPENED, Changes, Named
from cambs_evidence.pack.contents import Contents, counted
from cambs_evidence.pack.press import Press
from cambs_evidence.pack.sheet import Cell, Column
from cambs_evidence.wording import POLARITIES, in_words

_NOT_COMPARED = "not compared"


#: The heading of the section.
TITLE = "What has changed"


def since(changes: Changes) -> str:
    """Since when, as it follows the heading: the number and the date of the earlier pack."""
    return f"since pack {changes.number} of {in_words(changes.date)}"


def put_changes(press: Press) -> None:
    """Sets the section, where an earlier pack was named."""
    if press.contents.changes is None:
        return
    with press.tags.open("Sect"):
        column = press.column(TITLE)
        press.heading(column, TITLE, "changes", outline=0)
        _changed(column, press.contents, press.contents.changes)


def _changed(column: Column, contents: Contents, changes: Changes) -> None:
    column.text(f"S{since(changes)[1:]}", s.STRONG)
    column.space(6)
    column.text(
        "A quote is the same as before where its link is, or where it was tagged again at the same "
        "place. Words of the earlier pack are not repeated: its references say where to look "
        f"there. Its print and its manifest agree; it is the file with the SHA-256 "
        f"{changes.sha256[:32]} {changes.sha256[32:]}.",
        s.BODY,
    )
    if changes.filters is not None:
        column.space(6)
        column.text(_filters(contents, changes), s.BODY)
    if changes.framework:
        column.space(6)
        column.text(
            f"The earlier pack was made with another framework ({changes.framework}); this one "
            f"with {contents.framework_name}, {contents.framework_version}. Codes of criteria may "
            "mean something else there, so their states and judgements are not compared.",
            s.BODY,
        )
    if changes.nothing:
        column.space(10)
        column.text("Nothing has changed.", s.STRONG)
        return
    column.space(10)
    _counts(column, changes)
    _added(column, changes)
    _altered(column, changes)
    _gone(column, changes)
    _named(column, "Documents", "Document", changes.documents)
    _named(column, "State of criteria", "Criterion", changes.states or ())
    _named(column, "Judgements", "Block", changes.judgements or ())


def _filters(contents: Contents, changes: Changes) -> str:
    before = "; ".join(changes.filters or ()) or "none"
    now = "; ".join(contents.filters) or "none"
    return (
        f"The two packs were made with other filters (then: {before}; now: {now}). What is said "
        "here to be new or gone may have been there all the time, and been left out of one of them."
    )


def _counts(column: Column, changes: Changes) -> None:
    states = changes.states
    closed = _count(states, CLOSED)
    opened = _count(states, OPENED)
    others = None if states is None else len(states) - (closed or 0) - (opened or 0)
    rows = [
        ("Quotes that are new", len(changes.added)),
        ("Quotes that are changed", len(changes.altered)),
        ("Quotes that are gone", len(changes.gone)),
        ("Documents quoted for the first time, replaced or gone", len(changes.documents)),
        ("Gaps closed", closed),
        ("New gaps", opened),
        ("Other criteria whose state changed", others),
        ("Blocks judged otherwise", None if changes.judgements is None
         else len(changes.judgements)),
    ]  # fmt: skip
    head = [Cell("What", s.CELL_BOLD), Cell("How many", s.CELL_BOLD, "right")]
    s.table(
        column,
        [s.MEASURE - 90, 90],
        head,
        [
            [Cell(what, heads=True), Cell(_figure(count), align="right")]
            for what, count in rows
        ],
    )  # fmt: skip
    if changes.states is None and not changes.framework:
        column.space(4)
        column.text(
            "The earlier pack does not say in what state its criteria were and how its blocks were "
            "judged, so those are not compared.",
            s.CITE,
        )


def _figure(count: int | None) -> str:
    if count is None:
        return _NOT_COMPARED
    return str(count) if count else "none"


def _count(states: Sequence[Named] | None, what: str) -> int | None:
    return None if states is None else sum(each.what.startswith(what) for each in states)


def _opening(column: Column, words: str) -> None:
    column.space(16)
    column.need(s.H3.leading + 60)
    with column.tags.open("H3"):
        column.text(words, s.H3, keep=2)
    column.space(4)


def _added(column: Column, changes: Changes) -> None:
    if not changes.added:
        return
    _opening(column, f"New: {counted(len(changes.added), 'quote')}")
    widths = [46, 46, 86, s.MEASURE - 178]
    head = [Cell(each, s.CELL_BOLD) for each in ("Quote", "Criterion", "Polarity", "Stands in")]
    s.table(
        column,
        widths,
        head,
        [
            [
                Cell(each.reference, s.CELL_BOLD, link=each.reference, heads=True),
                Cell(each.link.code),
                Cell(" ".join(POLARITIES[each.link.polarity])),
                Cell(each.citation),
            ]
            for each in changes.added
        ],
    )


def _altered(column: Column, changes: Changes) -> None:
    if not changes.altered:
        return
    _opening(column, f"Changed: {counted(len(changes.altered), 'quote')}")
    widths = [46, 46, 46, s.MEASURE - 138]
    names = ("Quote", "Was", "Criterion", "What is changed")
    head = [Cell(each, s.CELL_BOLD) for each in names]
    s.table(
        column,
        widths,
        head,
        [
            [
                Cell(each.excerpt.reference, s.CELL_BOLD, link=each.excerpt.reference, heads=True),
                Cell(each.was),
                Cell(each.excerpt.link.code),
                Cell("; ".join(each.what)),
            ]
            for each in changes.altered
        ],
    )


def _gone(column: Column, changes: Changes) -> None:
    if not changes.gone:
        return
    _opening(column, f"Gone: {counted(len(changes.gone), 'quote')}")
    widths = [46, 46, 86, s.MEASURE - 288, 110]
    names = ("Was", "Criterion", "Polarity", "Stood in", "Why")
    head = [Cell(each, s.CELL_BOLD) for each in names]
    s.table(
        column,
        widths,
        head,
        [
            [
                Cell(each.was, s.CELL_BOLD, heads=True),
                Cell(each.criterion),
                Cell(_polarity(each.polarity)),
                Cell(each.citation),
                Cell(each.why),
            ]
            for each in changes.gone
        ],
    )


def _polarity(told: str) -> str:
    known = {each.value: " ".join(words) for each, words in POLARITIES.items()}
    return known.get(told, told[:20])


def _named(column: Column, words: str, name: str, named: Sequence[Named]) -> None:
    """A table of names and what became of them."""
    if not named:
        return
    _opening(column, words)
    head = [Cell(name, s.CELL_BOLD), Cell("What is changed", s.CELL_BOLD)]
    s.table(
        column,
        [190, s.MEASURE - 190],
        head,
        [[Cell(each.name, heads=True, link=each.place or None), Cell(each.what)] for each in named],
    )
