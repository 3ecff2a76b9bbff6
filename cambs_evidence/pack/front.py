"""The front matter of a pack: cover and contents list."""

from __future__ import annotations

from cambs_evidence.pack import changed
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import counted
from cambs_evidence.pack.press import Press, cut
from cambs_evidence.pack.sheet import Column
from cambs_evidence.wording import in_words


def put_cover(press: Press) -> None:
    """Sets the cover."""
    contents, facts = press.contents, press.contents.facts
    column = press.column("")
    sheet = column.sheet
    sheet.plain = True
    sheet.area((0, s.HEIGHT - 14, s.WIDTH, s.HEIGHT), s.DEEP)
    column.y = s.HEIGHT - 150
    if facts.authority:
        column.text(facts.authority, s.Style(s.H3.face, 12, 17, s.SOFT))
        column.y -= 10
    with press.tags.open("H1"):
        column.text("Evidence pack", s.TITLE)
        column.y -= 4
        column.text(facts.title, s.Style(s.BODY.face, 17, 24))
    column.y -= 30
    period = " to ".join(in_words(each) for each in (facts.period_from, facts.period_until) if each)
    count = len(contents.excerpts)
    told = [
        ("Period", period),
        ("Author", facts.author or ""),
        ("Status", facts.status or ""),
        ("Protective marking", facts.marking or ""),
        ("Framework", f"{contents.framework_name}, {contents.framework_version}"),
        ("Date of the pack", in_words(contents.date)),
        ("Pack number", contents.number),
        (
            "Holds",
            f"{counted(count, 'excerpt')} from {counted(len(contents.documents), 'document')}",
        ),
        ("Filters", "; ".join(contents.filters)),
    ]
    with press.tags.open("Table"):
        for name, value in told:
            if value:
                _fact(press, column, name, value)
    sheet.places.append(("cover", s.HEIGHT))
    sheet.outline.append((0, "Cover", "cover"))
    column.y = min(column.y - 26, 190)
    column.text(
        "Every quote in this pack stands word for word in the document it names. Each is "
        "linked to its page in the annex, where the annex is included, and the pack can be "
        "checked against the sources without a network: see “How to check this pack”.",
        s.Style(s.BODY.face, 9, 13.5, s.SOFT),
    )


def _fact(press: Press, column: Column, name: str, value: str) -> None:
    """One fact on the cover: its name, and beside it what it is."""
    with press.tags.open("TR"):
        with press.tags.open("TH", attributes="<</O /Table /Scope /Row>>"):
            column.sheet.write(name, s.LEFT, column.y - s.BODY.leading * 0.72, s.STRONG)
        with press.tags.open("TD"):
            column.text(value, s.BODY, x=s.LEFT + 140)
    column.y -= 6
    column.sheet.rule(s.LEFT, column.y + 2, s.WIDTH - s.RIGHT, column.y + 2, width=0.4)


def put_contents_list(press: Press, where: dict[str, int]) -> None:
    """Sets the contents list; ``where`` gives the 0-based pages of places, as far as known."""
    column = press.column("Contents")
    press.heading(column, "Contents", "contents", outline=0)
    column.space(6)
    with press.tags.open("TOC"):
        _entries(press, column, where)


def _entries(press: Press, column: Column, where: dict[str, int]) -> None:
    with press.tags.open("TOCI"):
        _entry(press, column, "Coverage at a glance", "coverage", where, s.STRONG, 0)
    if press.contents.changes is not None:
        with press.tags.open("TOCI"):
            title = f"{changed.TITLE} {changed.since(press.contents.changes)}"
            _entry(press, column, title, "changes", where, s.STRONG, 0)
    for part in press.contents.parts:
        column.space(5)
        column.need(40)
        title = f"{part.number}  {part.title}"
        with press.tags.open("TOCI"):
            _entry(press, column, title, f"section-{part.number}", where, s.STRONG, 0)
            with press.tags.open("TOC"):
                for chapter in part.chapters:
                    if chapter.criterion is None:
                        continue
                    title = f"{chapter.code}  {chapter.criterion.label}"
                    name = f"criterion-{chapter.code}"
                    with press.tags.open("TOCI"):
                        _entry(press, column, title, name, where, s.CITE, 14)
    column.space(5)
    closing = [("What reviewers said", "review")] if press.contents.reviewed else []
    closing += [("Register of sources", "register"), ("How to check this pack", "checking")]
    closing += [("Index by document", "index")] if press.contents.excerpts else []
    closing += [("Sign-off", "sign-off")]
    if press.contents.annex:
        closing.append(("Annex: pages of the sources", "annex"))
    for title, name in closing:
        with press.tags.open("TOCI"):
            _entry(press, column, title, name, where, s.STRONG, 0)


def _entry(
    press: Press,
    column: Column,
    title: str,
    name: str,
    where: dict[str, int],
    style: s.Style,
    indent: float,
) -> None:
    height = style.leading + 2.2
    column.need(height)
    top = column.y
    column.y -= height
    y = column.y + 0.32 * height
    page = str(where[name] + 1) if name in where else "000"
    right = s.WIDTH - s.RIGHT
    with press.tags.open("Reference"), press.tags.open("Link"):
        words = cut(title, style, s.MEASURE - indent - 60)
        end = s.LEFT + indent + column.sheet.write(words, s.LEFT + indent, y, style)
        begin = right - column.sheet.write(page, right, y, style, align="right")
        box = (s.LEFT + indent, column.y, right, top)
        column.sheet.jump(box, name, f"{title}, page {page}")
    if begin - end > 14:
        column.sheet.rule(end + 6, y + 1, begin - 6, y + 1, width=0.5, dash=(0.6, 2.6))
