"""A report as one web page: no scripts, nothing from elsewhere, readable by everyone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape

from cambs_evidence.exchange.pieces import (
    Entry,
    Grid,
    Heading,
    Piece,
    Quoted,
    Report,
    Runs,
    Words,
    legible,
)
from cambs_evidence.pack.figures import Figure

#: Contrast of every colour with its ground is 7 : 1 or more for words, 3 : 1 for rules.
_STYLE = """\
:root{color-scheme:light dark;--ground:#fff;--ink:#1b2430;--soft:#4a5563;--rule:#8a94a1;\
--band:#eef1f5;--deep:#17375e;--strength:#14532d;--development:#7a3d00;--neutral:#3d4753}
@media (prefers-color-scheme:dark){:root{--ground:#14181e;--ink:#e8ebef;--soft:#b9c1cb;\
--rule:#77818d;--band:#222932;--deep:#a9c8f0;--strength:#8fdcae;--development:#f2bd7e;\
--neutral:#c3cad3}}
*{box-sizing:border-box}
html{font:1.05rem/1.55 "Source Serif 4",Charter,Georgia,serif;background:var(--ground);\
color:var(--ink)}
body{max-width:58rem;margin:0 auto;padding:0 1.2rem 4rem;overflow-wrap:break-word}
h1,h2,h3,h4,table,.head,nav,.marking,.skip,dt{font-family:"Source Sans 3",Inter,\
system-ui,sans-serif}
h1,h2,h3,h4{line-height:1.25;color:var(--deep)}
h1{font-size:2rem;margin:.3em 0 .8em}h2{font-size:1.5rem;margin:2.6em 0 .6em;padding-top:.5em;\
border-top:2px solid var(--deep)}h3{font-size:1.12rem;margin:2em 0 .5em}
h4{font-size:1.05rem;margin:1.8em 0 .4em;color:var(--ink)}
a{color:var(--deep)}a:focus-visible,.scroll:focus-visible,:target{outline:3px solid var(--deep);\
outline-offset:3px}main:target,main:focus{outline:none}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
.marking{text-align:center;font-weight:700;padding:.6rem 0}
.authority,.small,.about{color:var(--soft)}.small,.about{font-size:.92rem}
.small,.about p{margin:.25em 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.6rem}
dt{font-weight:600}dd{margin:0}
nav ul{list-style:none;padding-left:0;columns:2 20rem}nav ul ul{columns:auto;padding-left:1.2rem}
nav li{padding:.14em 0;break-inside:avoid}nav li ul{padding-top:.14em}\
nav li li:last-child{padding-bottom:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:1.2em 0;font-size:.84rem;line-height:1.4}
caption{text-align:left;font-weight:600;padding:.4em 0}
.stays{display:inline-block;position:sticky;left:.45em;max-width:calc(100vw - 5rem)}
caption .stays{left:0}
th,td{border:1px solid var(--rule);padding:.3em .45em;text-align:left;vertical-align:top;\
white-space:pre-line;overflow-wrap:break-word}
thead th,.band th{background:var(--band)}
.number{text-align:right;font-variant-numeric:tabular-nums}
.gap{border:1px solid var(--rule);background:var(--band);padding:.5em .8em}
main ul,main ol{padding-left:1.8em}main li{margin:.25em 0}
.quoted{margin:1.5em 0;padding:.1em 0 .1em 1.1em;border-left:4px solid var(--neutral)}
.strength{border-left-style:solid;border-left-color:var(--strength)}
.development{border-left-style:dashed;border-left-color:var(--development)}
.neutral{border-left-style:dotted}
.strength>.head{color:var(--strength)}.development>.head{color:var(--development)}
.head{font-weight:700;font-size:.95rem;margin:.2em 0}
blockquote{margin:.5em 0}blockquote p{margin:0;white-space:pre-line}
figure{margin:.8em 0}img{max-width:100%;height:auto;border:1px solid var(--rule);background:#fff}
footer{margin-top:4rem;border-top:1px solid var(--rule);color:var(--soft);font-size:.92rem}
@media (max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .6rem}\
h1{font-size:1.6rem}h2{font-size:1.3rem}}
@media print{@page{size:A4;margin:20mm 18mm}:root{--ground:#fff;--ink:#000;--soft:#333;\
--rule:#666;--band:#eee;--deep:#000;--strength:#000;--development:#000;--neutral:#000}
html{font-size:10.5pt}body{max-width:none;padding:0}nav,.skip{display:none}
h2,h3,h4,.lead,.head,.band,caption{break-after:avoid}tr,figure,.gap{break-inside:avoid}thead{display:table-header-group}
p{orphans:3;widows:3}a{text-decoration:none}.scroll{overflow:visible}\
.stays{display:inline;position:static}}
"""


def write(report: Report) -> Iterator[str]:
    """The page, in stretches of text; each piece of the report is one stretch."""
    # The page's own style is allowed by its hash; nothing else is, so that whatever a reader's
    # program makes of the rest, it can neither run, load nor send anything.
    allowed = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{allowed}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    marking = f'<p class="marking">{_told(report.marking)}</p>\n' if report.marking else ""
    yield (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_told(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the evidence</a>\n'
        f"<header>\n{marking}"
    )
    if report.authority:
        yield f'<p class="authority">{_told(report.authority)}</p>\n'
    yield f"<h1>{_told(report.title)}</h1>\n<dl>\n"
    for name, value in report.facts:
        yield f"<dt>{_told(name)}</dt><dd>{_told(value)}</dd>\n"
    yield "</dl>\n</header>\n"
    yield from _contents(report.entries)
    yield '<main id="main" tabindex="-1">\n'
    open_section = False
    items = _Items()
    for piece in report.pieces:
        if isinstance(piece, Words) and piece.marker:
            yield items.item(piece)
            continue
        yield items.end()
        if isinstance(piece, Heading) and piece.level == 1:
            yield "</section>\n" if open_section else ""
            yield f'<section aria-labelledby="{escape(piece.name)}">\n'
            open_section = True
        yield _piece(piece)
    yield "</section>\n" if open_section else ""
    yield f"</main>\n<footer>\n<p>{_told(report.title)}</p>\n{marking}</footer>\n</body>\n</html>\n"


class _Items:
    """Items of lists that follow each other: of one list while their markers go on."""

    def __init__(self) -> None:
        self._open = ""
        self._next = 0

    def item(self, piece: Words) -> str:
        """An item, which goes on with the list before it or begins its own."""
        number = piece.number
        kind = "ul" if number is None else "ol"
        goes_on = self._open == kind and (number is None or number == self._next)
        start = f' start="{number}"' if number not in {None, 1} else ""
        begin = "" if goes_on else f"{self.end()}<{kind}{start}>\n"
        self._open, self._next = kind, (number or 0) + 1
        return f"{begin}<li>{_runs(piece.runs)}</li>\n"

    def end(self) -> str:
        """The end of the list that is open, if one is."""
        kind, self._open = self._open, ""
        return f"</{kind}>\n" if kind else ""


def _contents(entries: tuple[Entry, ...]) -> Iterator[str]:
    yield '<nav aria-label="Contents">\n<h2>Contents</h2>\n<ul>\n'
    before = 1
    for number, each in enumerate(entries):
        if each.level > before:
            yield "\n<ul>\n"
        elif number:
            yield "</li>\n" + "</ul>\n</li>\n" * (before - each.level)
        before = each.level
        yield f'<li><a href="#{escape(each.name)}">{_told(each.text)}</a>'
    yield "</li>\n" + "</ul>\n</li>\n" * (before - 1)
    yield "</ul>\n</nav>\n"


def _piece(piece: Piece) -> str:
    if isinstance(piece, Heading):
        # The title of the page is the only heading of the first level.
        rank = piece.level + 1
        return f'<h{rank} id="{escape(piece.name)}">{_told(piece.text)}</h{rank}>\n'
    if isinstance(piece, Words):
        kind = piece.kind.replace("lead", "small lead")
        named = "" if kind == "body" else f' class="{kind}"'
        return f"<p{named}>{_runs(piece.runs)}</p>\n"
    if isinstance(piece, Grid):
        return _grid(piece)
    return _quoted(piece)


def _quoted(piece: Quoted) -> str:
    name = escape(piece.name)
    opening = f'<article class="quoted {piece.polarity.value}" id="{name}"'
    head = f'<p class="head" id="{name}-head">{_told(piece.head)}</p>'
    made = [f'{opening} aria-labelledby="{name}-head">\n{head}\n']
    if piece.picture is not None:
        made.append(_figure(piece.picture))
    if piece.table is not None:
        made.append(_grid(piece.table))
    elif piece.printed:
        # Words of another writing direction keep to themselves.
        made.append(f'<blockquote><p dir="auto">{_told(piece.printed)}</p></blockquote>\n')
    made.append('<div class="about">\n')
    for kind, words in piece.about:
        told = f"<cite>{_told(words)}</cite>" if kind == "citation" else _told(words)
        made.append(f'<p dir="auto">{told}</p>\n')
    made.append("</div>\n</article>\n")
    return "".join(made)


def _figure(picture: Figure) -> str:
    data = base64.b64encode(picture.png).decode()
    width, height = (max(round(each * 96 / 72), 1) for each in picture.size)
    return (
        f'<figure><img alt="{_told(picture.alternative)}" width="{width}" height="{height}" '
        f'src="data:image/png;base64,{data}"></figure>\n'
    )


def _grid(grid: Grid) -> str:
    caption = _told(grid.caption)
    # What a narrow screen cannot show at once is reached by keys too.
    moved = f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0">'
    made = [f'{moved}<table>\n<caption><span class="stays">{caption}</span></caption>\n']
    if grid.head:
        heads = "".join(
            f'<th scope="col"{_number(grid, column)}>{_told(each)}</th>'
            for column, each in enumerate(grid.head)
        )
        made.append(f"<thead><tr>{heads}</tr></thead>\n")
    made.append("<tbody>\n")
    for number, row in enumerate(grid.rows):
        if number in grid.bands:
            across = len(grid.head)
            told = f'<span class="stays">{_runs(row[0])}</span>'
            cell = f'<th scope="colgroup" colspan="{across}">{told}</th>'
            made.append(f'<tr class="band">{cell}</tr>\n')
            continue
        cells = [
            f'<th scope="row">{_runs(cell)}</th>'
            if grid.heads and column == 0
            else f"<td{_number(grid, column)}>{_runs(cell)}</td>"
            for column, cell in enumerate(row)
        ]
        made.append(f"<tr>{''.join(cells)}</tr>\n")
    made.append("</tbody>\n</table></div>\n")
    return "".join(made)


def _number(grid: Grid, column: int) -> str:
    return ' class="number"' if column in grid.numbers else ""


def _runs(runs: Runs) -> str:
    made = []
    for run in runs:
        words = _told(run.text)
        if run.strong:
            words = f"<strong>{words}</strong>"
        made.append(f'<a href="#{escape(run.to)}">{words}</a>' if run.to else words)
    return "".join(made)


def _told(text: str) -> str:
    return escape(legible(text))
