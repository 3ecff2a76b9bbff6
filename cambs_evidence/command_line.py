"""The command line: words in, the case called, a table or one JSON object out. No logic here."""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from cambs_evidence import settings
from cambs_evidence.case import Case, as_framework, read_framework, restore, verify_pack
from cambs_evidence.errors import (
    EvidenceError,
    InUse,
    Refused,
    Unreadable,
    Unwritable,
    WordsOff,
)
from cambs_evidence.mapping.coverage import HIGHEST
from cambs_evidence.model import (
    Anchor,
    CaseFacts,
    CriterionCoverage,
    Document,
    ExportResult,
    Fate,
    Framework,
    Hold,
    Imported,
    Limits,
    Link,
    PackOptions,
    PackResult,
    Polarity,
    Problem,
    Progress,
    Proposal,
    Question,
    Rehold,
    Verification,
)
from cambs_evidence.wording import (
    EXPORTS,
    STATES,
    held_in_words,
    is_recognised,
    quote_in_words,
    read_at,
)

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
#: Opens the window, on a case or none, for whoever acts if named; the exit status at its end.
Window = Callable[[Path | None, str | None], int]

DONE, PARTLY = 0, 1
#: Faults of a path that a person gave, wherever they are noticed.
_PATHS = {errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL, errno.EISDIR, errno.ENOTDIR, errno.EACCES}
_POLARITIES = click.Choice([each.value for each in Polarity])
#: Pages and occurrences; no document has more.
_MOST = 10**6
_NUMBER = click.IntRange(min=1, max=_MOST)
_LIMIT = click.IntRange(min=1, max=HIGHEST)
_CASE = click.argument("case", type=click.Path(path_type=Path))
_DOCUMENT = click.argument("document")
_FILE = click.argument("file", type=click.Path(path_type=Path))


class _Output:
    """Where a command's result goes: one JSON object, or words and tables for people."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, data: dict[str, Any], table: Callable[[], None]) -> None:
        if self.as_json:
            sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            table()

    def say(self, words: str) -> None:
        sys.stdout.write(words + "\n")

    def aside(self, words: str) -> None:
        """A message beside the result."""
        sys.stderr.write(words + "\n")

    def table(
        self, title: str | None, columns: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> None:
        from rich import box  # noqa: PLC0415
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        drawn = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
        for column in columns:
            justify: Literal["right", "left"] = "right" if column.endswith("#") else "left"
            drawn.add_column(column.removesuffix("#"), justify=justify)
        for row in rows:
            # Text from documents is never markup.
            drawn.add_row(*(Text(_tame(cell)) for cell in row))
        width = None if sys.stdout.isatty() else 120
        Console(file=sys.stdout, width=width, highlight=False).print(drawn)


def _tame(text: str) -> str:
    """Text from a document without control characters, which a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command ``--json`` and ``--by``, and hands it the output and the name."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @click.option("--by", metavar="NAME", help="Who is acting.")
    @click.pass_context
    @wraps(function)
    def command(
        context: click.Context, /, *args: Any, as_json: bool, by: str | None, **kwargs: Any
    ) -> Any:
        shared = context.find_root().obj
        out = _Output(as_json=as_json or shared["as_json"])
        name = by if by is not None else shared["by"]
        name = name.strip() if name and name.strip() else settings.person()
        return function(*args, out=out, by=name, **kwargs)

    return command


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--by", metavar="NAME", help="Who is acting.")
@click.version_option(package_name="cambs-evidence", message="%(version)s")
@click.pass_context
def cambs_evidence(context: click.Context, as_json: bool, by: str | None) -> int:
    """Map evidence to a self-assessment framework, and prove every quote in a pack.

    Without a command, the window opens.
    """
    window = context.obj
    context.obj = {"as_json": as_json, "by": by, "window": window}
    if context.invoked_subcommand is not None:
        return DONE
    if as_json:
        raise WordsOff("Say which command to run.")
    return _open(window, None, by)


def _open(window: Window | None, case: Path | None, by: str | None) -> int:
    if window is None:
        raise Refused(
            "There is no window here; cambs-evidence --help lists the commands.", code="no-window"
        )
    return window(case, by.strip() or None if by else None)


def run(words: Sequence[str], window: Window | None = None) -> int:
    """Runs one command; gives its exit status. ``window`` opens the window, where there is one.

    0 done · 1 done, but something was refused, failed or is damaged · 2 the words are off ·
    3 the case or pack cannot be opened.
    """
    if sys.stdout is None or sys.stderr is None:
        # A program without a console has neither; what is said there is said to nobody.
        nobody = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
        sys.stdout, sys.stderr = sys.stdout or nobody, sys.stderr or nobody
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    log = settings.log_faults()
    as_json = "--json" in words
    try:
        status = cambs_evidence.main(
            list(words), prog_name="cambs-evidence", standalone_mode=False, obj=window
        )
    except EvidenceError as error:
        return _failed(error.code, error.reason, error.status, as_json=as_json)
    except click.ClickException as error:
        return _failed("usage", _sentence(error.format_message()), 2, as_json=as_json)
    except (KeyboardInterrupt, click.Abort):
        return _failed("stopped", "Stopped; what was finished so far is kept.", 1, as_json=as_json)
    except (BrokenPipeError, SystemExit):
        return DONE  # whoever read the output has gone; nothing more can be said
    except Exception as error:  # noqa: BLE001 - a bug: told in one sentence, and logged
        if isinstance(error, OSError) and error.errno in _PATHS:
            return _cannot_use(error, as_json=as_json)
        _log.exception("A command failed: %s", words[:1])
        reason = f"This program made a mistake; it was written to {log}, please report it."
        return _failed("fault", reason, 1, as_json=as_json)
    return status if isinstance(status, int) else DONE


def _failed(code: str, reason: str, status: int, *, as_json: bool) -> int:
    if as_json:
        data = {"error": {"code": code, "reason": reason}}
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"{_tame(reason)}\n")
    return status


def _cannot_use(error: OSError, *, as_json: bool) -> int:
    name = str(error.filename or "A path")[:120]
    why = (error.strerror or "it is of no use").lower()
    return _failed("unreadable", f"{name} cannot be used: {why}.", 1, as_json=as_json)


def _sentence(words: str) -> str:
    words = " ".join(words.split())
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _drained(steps: Iterator[Progress | _T], label: str) -> list[_T]:
    """Runs a long piece of work; shows its progress on a terminal, returns what it gave."""
    if not sys.stderr.isatty():
        return [step for step in steps if not isinstance(step, Progress)]
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    found: list[_T] = []
    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        for step in steps:
            if isinstance(step, Progress):
                bar.update(task, completed=step.done + step.part, total=step.total or None)
            else:
                found.append(step)
    return found


def _reading(path: Path, by: str) -> Case:
    return Case.open(path, by=by, readonly=True)


def _recording(path: Path, by: str) -> Case:
    """A case to be read, where something may be recorded if nothing stands against it."""
    try:
        return Case.open(path, by=by, patience=0)
    except (InUse, Unwritable):
        return Case.open(path, by=by, readonly=True)


# --- the window ------------------------------------------------------------------------------


@cambs_evidence.command("open")
@_CASE
@click.option("--json", "as_json", is_flag=True, hidden=True)
@click.option("--by", metavar="NAME", help="Who is acting.")
@click.pass_context
def open_(context: click.Context, case: Path, as_json: bool, by: str | None) -> int:
    """Open the window on a case."""
    shared = context.find_root().obj
    if as_json or shared["as_json"]:
        raise WordsOff("The window prints nothing; leave --json away.")
    return _open(shared["window"], case, by if by is not None else shared["by"])


# --- the case --------------------------------------------------------------------------------


@cambs_evidence.command("new")
@_CASE
@click.option("--title", help="What the case is called; otherwise its file's name.")
@click.option(
    "--framework",
    "file",
    type=click.Path(path_type=Path),
    help="A self-assessment to read the framework from.",
)
@_common
def new(case: Path, title: str | None, file: Path | None, out: _Output, by: str) -> None:
    """Make a case with the bundled framework, or with one read from a self-assessment."""
    told = _read_framework(file, out, None) if file is not None else None
    Case.create(case, by=by, title=title, framework=told).close()
    out.result({"case": str(case)}, lambda: out.say(f"Made {case}."))


@cambs_evidence.command("about")
@_CASE
@click.option("--title")
@click.option("--authority", help="The authority that assesses itself.")
@click.option("--period", metavar="FROM..UNTIL", help="The period, such as 2024-04-01..2025-03-31.")
@click.option("--author")
@click.option("--status", help="Such as draft or final.")
@click.option("--marking", help="The protective marking on every page of a pack.")
@click.option("--old-after", metavar="YEARS", type=_LIMIT, help="When evidence counts as old.")
@click.option("--thin-below", metavar="N", type=_LIMIT, help="Fewer documents are thin evidence.")
@_common
def about(
    case: Path,
    period: str | None,
    old_after: int | None,
    thin_below: int | None,
    out: _Output,
    by: str,
    **facts: str | None,
) -> None:
    """Show or set the facts of the case, and the limits of its coverage."""
    given: dict[str, str | None] = {
        name: value.strip() or None for name, value in facts.items() if value is not None
    }
    if given.get("title", "") is None:
        raise WordsOff("A case needs a title.")
    if period is not None:
        given["period_from"], given["period_until"] = _period(period)
    limited = old_after is not None or thin_below is not None
    with Case.open(case, by=by, readonly=not given and not limited) as opened:
        if given:
            opened.set_facts(**given)
        limits = opened.limits()
        if limited:
            limits = Limits(
                old_after or limits.old_after_years, thin_below or limits.thin_below_documents
            )
            opened.set_limits(limits)
        known = opened.facts()
        tree = opened.framework()
        source = opened.framework_source()
    data = {
        "title": known.title,
        "authority": known.authority,
        "period": _shown_period(known),
        "author": known.author,
        "status": known.status,
        "marking": known.marking,
        "framework": f"{tree.name} {tree.version}".strip(),
    }
    rows = [(name, value or "—") for name, value in data.items()]
    if source:
        rows.append(("framework read from", f"{source[0]} (SHA-256 {source[1][:12]}…)"))
    rows += [
        ("old after (years)", str(limits.old_after_years)),
        ("thin below (documents)", str(limits.thin_below_documents)),
    ]
    out.result(data, lambda: out.table(None, ("fact", "value"), rows))


def _period(text: str) -> tuple[str | None, str | None]:
    if not text.strip():
        return None, None
    start, dots, until = text.partition("..")
    if not dots:
        raise WordsOff(f"{text!r} is no period; write FROM..UNTIL, such as 2024-04-01..2025-03-31.")
    return start.strip() or None, until.strip() or None


def _shown_period(facts: CaseFacts) -> str | None:
    if facts.period_from is None and facts.period_until is None:
        return None
    return f"{facts.period_from or ''}..{facts.period_until or ''}"


# --- documents -------------------------------------------------------------------------------


@cambs_evidence.command("import")
@_CASE
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--recursive", is_flag=True, help="Folders within folders too.")
@click.option("--password", help="For protected files; it is not kept.")
@_common
def import_(
    case: Path, path: tuple[Path, ...], recursive: bool, password: str | None, out: _Output, by: str
) -> int:
    """Import files and folders: PDF, text, Markdown, HTML, e-mail and pictures."""
    with Case.open(case, by=by) as opened:
        steps = opened.import_files(path, recursive=recursive, password=password)
        results = _drained(steps, "Importing")
    data = {
        "results": [
            {
                "path": each.path,
                "status": each.status,
                "document": each.document.identity if each.document else None,
                "title": each.document.title if each.document else None,
                "pages": each.document.pages if each.document else None,
                "reason": each.reason,
            }
            for each in results
        ]
    }
    out.result(data, lambda: _show_imported(out, results))
    return PARTLY if any(each.status == "refused" for each in results) else DONE


def _show_imported(out: _Output, results: Sequence[Imported]) -> None:
    out.table(
        None,
        ("file", "status", "pages#", "reason"),
        [
            (
                Path(each.path).name,
                each.status,
                str(each.document.pages) if each.document else "",
                each.reason or "",
            )
            for each in results
        ],
    )
    counts = {
        status: sum(each.status == status for each in results)
        for status in ("imported", "duplicate", "refused")
    }
    out.say(", ".join(f"{count} {status}" for status, count in counts.items() if count))


@cambs_evidence.command("documents")
@_CASE
@_common
def documents(case: Path, out: _Output, by: str) -> None:
    """List the documents."""
    with _reading(case, by) as opened:
        known = opened.documents()
    names = ("title", "filename", "media_type", "sha256", "pages", "date", "links")
    data = {
        "documents": [
            {"id": each.identity} | {name: getattr(each, name) for name in names} for each in known
        ]
    }
    out.result(
        data,
        lambda: out.table(
            None,
            ("document", "title", "date", "pages#", "pages made by", "links#"),
            [
                (
                    each.filename,
                    each.title,
                    each.date or "undated",
                    str(each.pages),
                    each.made_by or "",
                    str(each.links),
                )
                for each in known
            ],
        ),
    )


@cambs_evidence.command("describe")
@_CASE
@_DOCUMENT
@click.option("--title")
@click.option("--date", metavar="YYYY[-MM[-DD]]")
@click.option("--period", metavar="FROM..UNTIL", help="What it tells of.")
@click.option("--kind", help="Such as inspection report or letter.")
@click.option("--issuer", help="The body that issued it.")
@click.option("--suggested", is_flag=True, help="Take what its text says, where nothing is set.")
@_common
def describe(
    case: Path, document: str, suggested: bool, out: _Output, by: str, **facts: str | None
) -> None:
    """Set what is known of a document; without options, show it with what its text suggests."""
    given = {name: value.strip() or None for name, value in facts.items() if value is not None}
    if not given and not suggested:
        if out.as_json:
            raise WordsOff(
                "Say what to set: --title, --date, --period, --kind, --issuer or --suggested."
            )
        with _reading(case, by) as opened:
            _show_facts(out, opened, opened.document(document))
        return
    with Case.open(case, by=by) as opened:
        chosen = opened.document(document)
        untaken = opened.untaken(chosen) if suggested else {}
        wanted = {name: each.value for name, each in untaken.items()} | given
        if wanted:
            opened.describe(chosen, **wanted)
    made = f" Its pages were made by {chosen.made_by}." if chosen.made_by else ""
    said = f"Described {chosen.filename}.{made}"
    if not wanted:
        said = f"Nothing is suggested for {chosen.filename} that is not set."
    out.result({"document": chosen.identity}, lambda: out.say(said))


def _show_facts(out: _Output, case: Case, document: Document) -> None:
    """What is known of a document, and what its text suggests where nothing is."""
    names = {"title": "title", "date": "date", "period": "period", "kind": "kind",
             "issuer": "issued by"}  # fmt: skip
    rows = [(words, getattr(document, name) or "—") for name, words in names.items()]
    out.table(document.filename, ("fact", "value"), rows)
    untaken = case.untaken(document)
    if untaken:
        out.table(
            "Suggested; take it with --suggested",
            ("fact", "value", "read on"),
            [
                (
                    names[name],
                    each.value,
                    read_at(each, case.page(document, each.page).text),
                )
                for name, each in untaken.items()
            ],
        )


@cambs_evidence.command("remove")
@_CASE
@_DOCUMENT
@click.option("--with-links", is_flag=True, help="Its passages and links go too.")
@_common
def remove(case: Path, document: str, with_links: bool, out: _Output, by: str) -> None:
    """Take a document away."""
    with Case.open(case, by=by) as opened:
        chosen = opened.document(document)
        links, _ = opened.remove(chosen, with_links=with_links)
    out.result(
        {"document": chosen.identity, "links": links},
        lambda: out.say(f"Removed {chosen.filename} and {links} links."),
    )


@cambs_evidence.command("replace")
@_CASE
@_DOCUMENT
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--password", help="For a protected file; it is not kept.")
@_common
def replace(
    case: Path, document: str, file: Path, password: str | None, out: _Output, by: str
) -> None:
    """Replace a document with a new version; its passages are found again."""
    with Case.open(case, by=by) as opened:
        chosen = opened.document(document)
        [done] = _drained(opened.replace(chosen, file, password=password), "Replacing")
        links: dict[str, list[str]] = {}
        for link in opened.evidence(document=done.document):
            links.setdefault(link.passage.id, []).append(link.id)
    data = {
        "exact": len(done.exact),
        "moved": [_reheld(each, links) for each in done.moved],
        "lost": [_reheld(each, links) for each in done.lost],
    }
    rows = [
        (
            each.hold.value,
            each.passage_id,
            _where(each.old),
            _where(each.new) if each.new else "",
        )
        for each in (*done.moved, *done.lost)
    ]

    def show() -> None:
        out.say(
            f"Replaced {chosen.filename} with {done.document.filename}: {len(done.exact)} exact, "
            f"{len(done.moved)} moved, {len(done.lost)} lost."
        )
        if rows:
            out.table(None, ("state", "passage", "was", "now"), rows)
            out.say("Accept what moved with accept CASE PASSAGE, or untag it.")

    out.result(data, show)


def _reheld(each: Rehold, links: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "passage": each.passage_id,
        "links": links.get(each.passage_id, []),
        "page": each.old.spans[0].page + 1,
        "quote": each.old.quote,
        "new_page": each.new.spans[0].page + 1 if each.new else None,
        "new_quote": each.new.quote if each.new else None,
    }


def _where(anchor: Anchor) -> str:
    return f"page {anchor.spans[0].page + 1}: {quote_in_words(anchor)}"


@cambs_evidence.command("accept")
@_CASE
@click.argument("passage")
@_common
def accept(case: Path, passage: str, out: _Output, by: str) -> None:
    """Accept where a passage was found in the new version of its document."""
    with Case.open(case, by=by) as opened:
        opened.accept(passage)
    out.result({"passage": passage}, lambda: out.say(f"Accepted passage {passage}."))


@cambs_evidence.command("text")
@_CASE
@_DOCUMENT
@click.option("--page", type=_NUMBER, help="One page only, counted from 1.")
@_common
def text(case: Path, document: str, page: int | None, out: _Output, by: str) -> None:
    """Print the text layer of a document."""
    with _reading(case, by) as opened:
        chosen = opened.document(document)
        pages = [opened.page(chosen, page - 1)] if page is not None else opened.text(chosen).pages
    data = {
        "document": chosen.identity,
        "pages": [
            {"page": each.index + 1, "label": each.label, "text": each.text} for each in pages
        ],
    }

    def show() -> None:
        for each in pages:
            label = f", printed {each.label}" if each.label else ""
            out.say(f"--- page {each.index + 1}{label} ---")
            for line in each.text.split("\n"):
                out.say(_tame(line.replace("\t", "    ")))

    out.result(data, show)


@cambs_evidence.command("tables")
@_CASE
@_DOCUMENT
@click.option("--page", type=_NUMBER, help="One page only, counted from 1.")
@_common
def tables(case: Path, document: str, page: int | None, out: _Output, by: str) -> None:
    """Print the tables of a document."""
    with _reading(case, by) as opened:
        steps = opened.tables(opened.document(document), None if page is None else page - 1)
        found = [each for each in _drained(steps, "Looking for tables") if each is not None]
    told = [
        {"page": table.page + 1, "rows": [[cell.text for cell in row] for row in table.rows]}
        for table in found
    ]

    def show() -> None:
        for table in found:
            rows = [[cell.text for cell in row] for row in table.rows]
            out.table(f"page {table.page + 1}", [""] * len(rows[0]), rows)
        out.say(f"{len(found)} {'table' if len(found) == 1 else 'tables'}")

    out.result({"tables": told}, show)


@cambs_evidence.command("recognise")
@_CASE
@_DOCUMENT
@click.option("--page", type=_NUMBER, help="One page only, counted from 1.")
@_common
def recognise(case: Path, document: str, page: int | None, out: _Output, by: str) -> int:
    """Recognise the text of scanned pages, where Tesseract is installed."""
    with Case.open(case, by=by) as opened:
        chosen = opened.document(document)
        steps = opened.recognise(chosen, None if page is None else [page - 1])
        found = [each for each in _drained(steps, "Recognising") if each is not None]
    found.sort(key=lambda each: each.page)
    told = [
        {"page": each.page + 1, "words": each.words, "confidence": each.confidence}
        | ({"reason": each.reason} if each.reason else {})
        for each in found
    ]

    def show() -> None:
        rows = [
            (
                str(each.page + 1),
                str(each.words),
                "" if each.confidence is None else f"{each.confidence:.0f} %",
                each.reason or ("" if each.words else "no words were found"),
            )
            for each in found
        ]
        out.table(None, ("page#", "words#", "confidence#", ""), rows)
        count = sum(each.words > 0 for each in found)
        out.say(f"{count} {'page' if count == 1 else 'pages'} recognised")

    out.result({"document": chosen.id, "pages": told}, show)
    return PARTLY if any(each.reason for each in found) else DONE


@cambs_evidence.command("framework")
@_CASE
@_common
def framework(case: Path, out: _Output, by: str) -> None:
    """Show the framework in use."""
    with _reading(case, by) as opened:
        tree = opened.framework()
        source = opened.framework_source()

    def show() -> None:
        read = f", read from {source[0]} (SHA-256 {source[1][:12]}…)" if source else ""
        out.say(_tame(f"{tree.name} {tree.version}{read}"))
        _show_tree(out, tree)

    out.result(_tree(tree), show)


def _tree(tree: Framework) -> dict[str, Any]:
    return {
        "name": tree.name,
        "version": tree.version,
        "sections": [
            {
                "number": section.number,
                "title": section.title,
                "criteria": [
                    {
                        "code": each.code,
                        "label": each.label,
                        "statement": each.statement,
                        "marked": each.marked,
                    }
                    for each in section.criteria
                ],
                "blocks": [list(block) for block in section.blocks],
            }
            for section in tree.sections
        ],
    }


def _show_tree(out: _Output, tree: Framework) -> None:
    for section in tree.sections:
        rows = [
            (each.code, "(M)" if each.marked else "", each.statement or each.label)
            for each in section.criteria
        ]
        rows = rows or [(str(section.number), "", "tagged as a whole")]
        out.table(f"{section.number} {section.title}", ("code", "mark", "criterion"), rows)


def _read_framework(
    file: Path, out: _Output, password: str | None, known: Framework | None = None
) -> Proposal:
    """The framework in a file; what is doubtful is told beside the result."""
    steps = read_framework(file, known=known, password=password)
    [told] = [each for each in _drained(steps, "Reading") if each is not None]
    for each in told.doubts:
        where = f" (page {each.place.start[0] + 1})" if each.place else ""
        out.aside(_tame(f"To look at{where}: {each.what}"))
    return told


@cambs_evidence.command("framework-from")
@_FILE
@click.option("--password", help="For a protected file; it is not kept.")
@_common
def framework_from(
    file: Path,
    password: str | None,
    out: _Output,
    by: str,  # noqa: ARG001
) -> None:
    """Read a framework out of a self-assessment; nothing is changed."""
    tree = as_framework(_read_framework(file, out, password))

    def show() -> None:
        out.say(_tame(f"{tree.name} {tree.version}"))
        _show_tree(out, tree)

    out.result(_tree(tree), show)


@cambs_evidence.command("framework-adopt")
@_CASE
@_FILE
@click.option("--dry-run", is_flag=True, help="Tell what would become of it; change nothing.")
@click.option(
    "--map",
    "maps",
    metavar="OLD=NEW",
    multiple=True,
    help="Where what hangs on a criterion goes, as 5.3=5.4; may be given more than once.",
)
@click.option("--as-suggested", is_flag=True, help="Take each suggestion for an answer.")
@click.option("--password", help="For a protected file; it is not kept.")
@_common
def framework_adopt(
    case: Path,
    file: Path,
    dry_run: bool,
    maps: Sequence[str],
    as_suggested: bool,
    password: str | None,
    out: _Output,
    by: str,
) -> int:
    """Move the case to the framework in a file, links carried along.

    What only a person can say is asked: until it is answered, nothing is changed.
    """
    answers = dict(_mapped(each) for each in maps)
    with Case.open(case, by=by, readonly=dry_run) as opened:
        told = _read_framework(file, out, password, opened.framework())
        compared = opened.compare_framework(told, answers)
        if as_suggested:
            answers |= {q.old: q.suggested for q in compared.questions if q.suggested}
            compared = opened.compare_framework(told, answers)
        stopped = None
        if not dry_run:
            try:
                opened.adopt(told, answers)
            except Refused as error:
                if not compared.questions:
                    raise
                stopped = error
    data: dict[str, Any] = {
        "carried": 0 if stopped else compared.carried,
        "asked": [_asked(each) for each in compared.questions],
        "added": [each.new for each in compared.pairings if each.fate is Fate.NEW],
        "removed": [each.old for each in compared.pairings if each.fate is Fate.GONE],
    }
    if stopped:
        data = {"error": {"code": stopped.code, "reason": stopped.reason}} | data

    def show() -> None:
        counts = ", ".join(f"{compared.count(fate)} {fate.value}" for fate in Fate)
        would = "" if compared.changes else "The case stands on it already. "
        out.say(_tame(f"{would}{told.name} {compared.version}: {counts}"))
        if compared.questions:
            out.table(
                "To be answered",
                ("criterion", "holds", "suggested", "why"),
                [(q.old, held_in_words(q.held), q.suggested or "—", q.because)
                 for q in compared.questions],
            )  # fmt: skip
        if stopped:
            out.aside(_tame(stopped.reason))
        else:
            out.say(f"{compared.carried} links {'would go' if dry_run else 'went'} along")

    out.result(data, show)
    return PARTLY if stopped else DONE


def _mapped(words: str) -> tuple[str, str]:
    old, equals, new = (each.strip() for each in words.partition("="))
    if not (old and equals and new):
        raise WordsOff(f"{words!r} says nothing; write OLD=NEW, such as 5.3=5.4.")
    return old, new


def _asked(each: Question) -> dict[str, Any]:
    return {
        "criterion": each.old,
        "links": each.held.links,
        "actions": each.held.actions,
        "judged": each.held.judged,
        "reason": each.because,
        "suggested": each.suggested,
        "choices": list(each.choices),
    }


@cambs_evidence.command(
    "search",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@_CASE
@click.argument("query")
@_common
@click.option("--untagged", is_flag=True, help="Leave out what is tagged already.")
def search(case: Path, query: str, untagged: bool, out: _Output, by: str) -> None:
    """Search all documents.

    Words, "phrases", beginnings*, one NEAR another (or NEAR/5), and -words that must not be there.
    """
    with _reading(case, by) as opened:
        total, hits = opened.search(query, untagged=untagged)
    data = {
        "query": query,
        "total": total,
        "hits": [
            {"document": hit.document.identity, "page": hit.page + 1, "snippet": hit.snippet}
            for hit in hits
        ],
    }
    rows = [(hit.document.filename, str(hit.page + 1), hit.snippet) for hit in hits]
    out.result(
        data,
        lambda: out.table(
            f"{total} {'page' if total == 1 else 'pages'}",
            ("document", "page#", "in context"),
            rows,
        ),
    )


# --- evidence --------------------------------------------------------------------------------


@cambs_evidence.command("tag")
@_CASE
@click.option("--document", metavar="DOCUMENT")
@click.option("--quote")
@click.option("--criterion", metavar="CODE")
@click.option("--polarity", type=_POLARITIES)
@click.option("--note")
@click.option("--page", type=_NUMBER, help="The page where the quote starts.")
@click.option("--occurrence", type=_NUMBER, help="Which of several, from 1.")
@click.option("--from", "source", type=click.Path(path_type=Path), help="A JSON list of tags.")
@_common
def tag(case: Path, source: Path | None, out: _Output, by: str, **words: Any) -> int:
    """Find a quote in a document and tag it to a criterion."""
    if source is not None:
        if any(value is not None for value in words.values()):
            raise WordsOff("Give either --from or one quote, not both.")
        return _tag_many(case, source, out, by)
    missing = [f"--{name}" for name in ("document", "quote", "criterion", "polarity")
               if words[name] is None]  # fmt: skip
    if missing:
        raise WordsOff(f"Missing {', '.join(missing)}; or give many tags with --from.")
    with Case.open(case, by=by) as opened:
        link = _tag_one(opened, words)
    data = {
        "link": link.id,
        "passage": link.passage.id,
        "document": link.document,
        "page": link.passage.page + 1,
        "quote": link.passage.anchor.quote,
        "criterion": link.code,
        "polarity": link.polarity.value,
    }
    out.result(
        data,
        lambda: out.say(f"Tagged {link.code} ({link.polarity.value}) on {_cited(link)}."),
    )
    return DONE


def _tag_one(opened: Case, words: dict[str, Any]) -> Link:
    page = words.get("page")
    link, _ = opened.tag(
        opened.document(words["document"]),
        words["quote"],
        words["criterion"],
        Polarity(words["polarity"]),
        note=words.get("note"),
        page=None if page is None else page - 1,
        occurrence=words.get("occurrence"),
    )
    return link


def _tag_many(case: Path, source: Path, out: _Output, by: str) -> int:
    wanted = _list_of_tags(source)
    results: list[dict[str, Any]] = []
    with Case.open(case, by=by) as opened:
        # One document after the other, so that each is made searchable once.
        order = sorted(range(len(wanted)), key=lambda item: (wanted[item]["document"], item))
        for index in order:
            try:
                link = _tag_one(opened, wanted[index])
                results.append(
                    {"index": index, "status": "tagged", "link": link.id, "reason": None}
                )
            except EvidenceError as error:
                if error.status == 3:
                    raise
                results.append(
                    {"index": index, "status": "refused", "link": None, "reason": error.reason}
                )
    results.sort(key=lambda each: each["index"])
    refused = [each for each in results if each["status"] == "refused"]

    def show() -> None:
        out.say(f"{len(results) - len(refused)} tagged, {len(refused)} refused")
        for each in refused:
            out.say(f"  {each['index'] + 1}: {_tame(each['reason'])}")

    out.result({"results": results}, show)
    return PARTLY if refused else DONE


def _list_of_tags(source: Path) -> list[dict[str, Any]]:
    if source.exists() and not source.is_file():
        raise Unreadable(f"{source} is no file; give a file that holds a list of tags.")
    try:
        data = json.loads(source.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unreadable(f"{source} cannot be read; check the name and that you may.") from error
    except (ValueError, RecursionError) as error:
        raise WordsOff(f"{source.name} is no JSON: {_sentence(str(error))}") from error
    if not isinstance(data, list):
        raise WordsOff(f"{source.name} must hold a list of tags.")
    for index, each in enumerate(data):
        problem = _odd(each)
        if problem:
            raise WordsOff(f"Tag {index + 1} of {source.name} {problem}.")
    return data


def _odd(each: object) -> str | None:
    """What is wrong with one object of a list of tags, or None."""
    if not isinstance(each, dict):
        return "is no object"
    allowed = {"document", "quote", "criterion", "polarity", "note", "page", "occurrence"}
    for name in ("document", "quote", "criterion", "polarity"):
        if not isinstance(each.get(name), str):
            return f"has no {name}"
    if each["polarity"] not in {polarity.value for polarity in Polarity}:
        return f"has the polarity {each['polarity']!r}; say strength, development or neutral"
    for name in ("page", "occurrence"):
        value = each.get(name)
        if value is not None and (type(value) is not int or not 1 <= value <= _MOST):
            return f"has a {name} that is no whole number from 1"
    if each.get("note") is not None and not isinstance(each["note"], str):
        return "has a note that is no text"
    unknown = sorted(set(each) - allowed)
    return f"has the unknown field {unknown[0]!r}" if unknown else None


_LINKS = click.argument("links", metavar="LINK…", nargs=-1, required=True)


@cambs_evidence.command("amend")
@_CASE
@_LINKS
@click.option("--criterion", metavar="CODE")
@click.option("--polarity", type=_POLARITIES)
@click.option("--note", help="An empty one takes the note away.")
@_common
def amend(
    case: Path,
    links: tuple[str, ...],
    criterion: str | None,
    polarity: str | None,
    note: str | None,
    out: _Output,
    by: str,
) -> int:
    """Change criterion, polarity or note of links; several in one step."""
    if criterion is None and polarity is None and note is None:
        raise WordsOff("Say what to change: --criterion, --polarity or --note.")
    links = tuple(dict.fromkeys(links))
    wanted = Polarity(polarity) if polarity else None
    with Case.open(case, by=by) as opened:
        if len(links) > 1:
            done = opened.amend_many(links, code=criterion, polarity=wanted, note=note)
            told = {"links": list(done.changed), "left": list(done.left)}
            left = f", {len(done.left)} left: tagged so already" if done.left else ""
            out.result(told, lambda: out.say(f"Changed {len(done.changed)} links{left}."))
            return PARTLY if done.left else DONE
        changed, _ = opened.amend(links[0], code=criterion, polarity=wanted, note=note)
    data = {
        "link": changed.id,
        "criterion": changed.code,
        "polarity": changed.polarity.value,
        "note": changed.note,
    }
    said = f"Link {changed.id} is to {changed.code} ({changed.polarity.value})."
    out.result(data, lambda: out.say(said))
    return DONE


@cambs_evidence.command("untag")
@_CASE
@_LINKS
@_common
def untag(case: Path, links: tuple[str, ...], out: _Output, by: str) -> None:
    """Take links away; several in one step, all or none."""
    links = tuple(dict.fromkeys(links))
    with Case.open(case, by=by) as opened:
        if len(links) == 1:
            opened.untag(links[0])
        else:
            opened.untag_many(links)
    data: dict[str, Any] = {"link": links[0]} if len(links) == 1 else {"links": list(links)}
    what = f"link {links[0]}" if len(links) == 1 else f"{len(links)} links"
    out.result(data, lambda: out.say(f"Took {what} away."))


@cambs_evidence.command("split")
@_CASE
@click.argument("link")
@click.option("--before", metavar="WORDS", required=True, help="Where the second part begins.")
@click.option("--occurrence", type=_NUMBER, help="Which of several in the passage, from 1.")
@_common
def split(
    case: Path, link: str, before: str, occurrence: int | None, out: _Output, by: str
) -> None:
    """Split the passage of a link in two; both parts keep all its links."""
    with Case.open(case, by=by) as opened:
        passages, _ = opened.split_before(opened.link(link).passage.id, before, occurrence)
        _tell_passages(opened, passages, out, "Split into")


@cambs_evidence.command("merge")
@_CASE
@_LINKS
@_common
def merge(case: Path, links: tuple[str, ...], out: _Output, by: str) -> None:
    """Make the passages of links one, where they overlap or follow one another."""
    with Case.open(case, by=by) as opened:
        passage, _ = opened.merge_passages([opened.link(each).passage.id for each in links])
        _tell_passages(opened, [passage], out, "Merged into")


def _tell_passages(opened: Case, passages: Sequence[str], out: _Output, said: str) -> None:
    """Says what passages hold now, and which links they have."""
    links = opened.links_of_passages(passages)
    found = [[link for link in links if link.passage.id == each] for each in passages]
    told = [
        {
            "passage": each[0].passage.id,
            "page": each[0].passage.page + 1,
            "quote": each[0].passage.anchor.quote,
            "links": [link.id for link in each],
        }
        for each in found
    ]

    def show() -> None:
        out.say(said)
        for each in found:
            codes = ", ".join(link.code for link in each)
            out.say(_tame(f"  {_cited(each[0])}: {each[0].passage.anchor.quote} ({codes})"))

    out.result({"passages": told}, show)


@cambs_evidence.command("conflicts")
@_CASE
@_common
def conflicts(case: Path, out: _Output, by: str) -> None:
    """List the criteria with strength and development of the same period."""
    with _reading(case, by) as opened:
        found = opened.conflicts()
    data = {
        "conflicts": [
            {
                "criterion": each.code,
                "strengths": [_link(link) for link in each.strengths],
                "developments": [_link(link) for link in each.developments],
            }
            for each in found
        ]
    }
    rows = [
        (each.code, link.polarity.value, _cited(link), quote_in_words(link.passage.anchor))
        for each in found
        for link in (*each.strengths, *each.developments)
    ]
    title = f"{len(found)} criteria in conflict" if len(found) != 1 else "1 criterion in conflict"
    columns = ("criterion", "polarity", "where", "quote")
    out.result(data, lambda: out.table(title, columns, rows))


@cambs_evidence.command("evidence")
@_CASE
@click.option("--criterion", metavar="CODE")
@click.option("--section", type=int)
@click.option("--polarity", type=_POLARITIES)
@click.option("--document", metavar="DOCUMENT")
@_common
def evidence(
    case: Path,
    criterion: str | None,
    section: int | None,
    polarity: str | None,
    document: str | None,
    out: _Output,
    by: str,
) -> None:
    """List the links."""
    with _reading(case, by) as opened:
        links = opened.evidence(
            code=criterion,
            section=section,
            polarity=Polarity(polarity) if polarity else None,
            document=opened.document(document) if document is not None else None,
        )
    data = {"links": [_link(link) for link in links]}
    rows = [
        (
            link.code,
            link.polarity.value,
            _cited(link),
            quote_in_words(link.passage.anchor),
            link.note or "",
        )
        for link in links
    ]
    out.result(
        data,
        lambda: out.table(
            f"{len(links)} links", ("criterion", "polarity", "where", "quote", "note"), rows
        ),
    )


def _link(link: Link) -> dict[str, Any]:
    return {
        "id": link.id,
        "document": link.document,
        "filename": link.filename,
        "page": link.passage.page + 1,
        "page_end": link.passage.page_end + 1,
        "page_label": link.passage.page_label,
        "paragraph": link.passage.paragraph,
        "quote": link.passage.anchor.quote,
        "criterion": link.code,
        "polarity": link.polarity.value,
        "note": link.note,
        "by": link.by,
        "at": link.at,
        "anchor": link.hold.value,
        "decision": link.decision,
    }


def _cited(link: Link) -> str:
    passage = link.passage
    label = passage.page_label
    printed = f" (printed {label})" if label and label != str(passage.page + 1) else ""
    paragraph = f", paragraph {passage.paragraph}" if passage.paragraph else ""
    recognised = ", recognised text" if is_recognised(passage.anchor) else ""
    held = "" if link.hold is Hold.EXACT else f" ({link.hold.value} in the new version)"
    return f"{link.filename}, page {passage.page + 1}{printed}{paragraph}{recognised}{held}"


@cambs_evidence.command("coverage")
@_CASE
@click.option(
    "--csv",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write criteria by documents as a table for spreadsheets, too.",
)
@_common
def coverage(case: Path, csv: Path | None, out: _Output, by: str) -> None:
    """Show the state of each criterion."""
    with _reading(case, by) as opened:
        found = opened.coverage()
        tree = opened.framework()
        if csv is not None:
            opened.write_coverage(csv)
    names = ("code", "marked", "strength", "development", "neutral", "documents", "latest")
    data = {
        "criteria": [
            {name: getattr(each, name) for name in names} | {"state": each.state.value}
            for each in found.criteria
        ],
        "sections": [
            {name: getattr(each, name) for name in ("number", "criteria", "covered", "gaps")}
            for each in found.sections
        ],
    }
    labels = {each.code: each.label for section in tree.sections for each in section.criteria}

    def row(each: CriterionCoverage) -> tuple[str, ...]:
        counts = (each.strength, each.development, each.neutral, each.documents)
        shown = [str(count) if count else "·" for count in counts]
        return (
            each.code, "(M)" if each.marked else "", labels.get(each.code, ""), *shown,
            each.latest or "", _STATES[each.state],
        )  # fmt: skip

    def show() -> None:
        columns = ("code", "mark", "criterion", "str#", "dev#", "neu#", "docs#", "latest", "state")
        by_code = {each.code: each for each in found.criteria}
        for section, told in zip(tree.sections, found.sections, strict=True):
            rows = [row(by_code[each.code]) for each in section.criteria]
            rows += [row(told.itself)] if told.itself else []
            head = f"{section.number} {section.title}: {told.covered} of {told.criteria} covered"
            out.table(f"{head}, {told.gaps} without evidence", columns, rows)
            for each in section.criteria:
                if each.not_applicable is not None:
                    out.say(_tame(f"{each.code} does not apply: {each.not_applicable}"))
        gaps = sum(each.gaps for each in found.sections)
        apart = sum(each.not_applicable for each in found.sections)
        excepted = f", {apart} {'does' if apart == 1 else 'do'} not apply" if apart else ""
        out.say(f"{gaps} of {len(found.criteria)} criteria have no evidence{excepted}.")
        out.say(f"Reference date: {found.reference or 'none, since nothing is dated'}")

    out.result(data, show)


# --- suggestions -----------------------------------------------------------------------------

_TOP = click.IntRange(min=1, max=200)


@cambs_evidence.command("suggest")
@_CASE
@click.option("--text", required=True, help="The words of a passage.")
@click.option("--top", metavar="N", type=_TOP, default=5, show_default=True, help="At most.")
@_common
def suggest(case: Path, text: str, top: int, out: _Output, by: str) -> None:
    """Show the criteria that a text may be evidence for, and the words that speak for each."""
    with _reading(case, by) as opened:
        found = opened.suggest(text, top)
        labels = {each.code: opened.target(each.code).label for each in found}
    suggestions = [
        {"criterion": each.code, "score": each.score, "because": list(each.because)}
        for each in found
    ]

    def show() -> None:
        if not found:
            out.say("Nothing in this text speaks for a criterion.")
            return
        rows = [
            (each.code, labels[each.code], f"{each.score:.0%}", ", ".join(each.because))
            for each in found
        ]
        out.table(None, ("criterion", "label", "share#", "because"), rows)

    out.result({"suggestions": suggestions}, show)


@cambs_evidence.command("find-evidence")
@_CASE
@click.option("--criterion", metavar="CODE", required=True, help="Such as 12.4, or 18.")
@click.option("--top", metavar="N", type=_TOP, default=10, show_default=True, help="At most.")
@_common
def find_evidence(case: Path, criterion: str, top: int, out: _Output, by: str) -> None:
    """Show passages that may be evidence for a criterion and that nobody has tagged yet."""
    with _reading(case, by) as opened:
        found = opened.find_evidence(criterion, top)
    candidates = [
        {
            "document": each.document.identity,
            "page": each.place.start[0] + 1,
            "quote": each.quote,
            "score": each.score,
        }
        for each in found
    ]

    def show() -> None:
        if not found:
            out.say("No passage that nobody has tagged speaks for this criterion.")
            return
        rows = [
            (each.document.filename, str(each.place.start[0] + 1), each.quote, f"{each.score:.0%}")
            for each in found
        ]
        out.table(None, ("document", "page#", "quote", "share#"), rows)

    out.result({"candidates": candidates}, show)


@cambs_evidence.command("not-applicable")
@_CASE
@click.argument("code")
@click.option("--reason", metavar="R", help="Why the criterion does not apply.")
@click.option("--clear", is_flag=True, help="It applies again.")
@_common
def not_applicable(
    case: Path, code: str, reason: str | None, clear: bool, out: _Output, by: str
) -> None:
    """Take a criterion that does not apply out of the gaps, or put it back."""
    if clear == (reason is not None):
        raise WordsOff("Give either --reason, why the criterion does not apply, or --clear.")
    with Case.open(case, by=by) as opened:
        target = opened.target(code)
        opened.set_not_applicable(code, reason)
    said = f"{target.code} {'applies again' if clear else 'does not apply'}."
    out.result({"code": target.code}, lambda: out.say(said))


_STATES = {state: f"{sign} {state.value}" for state, (sign, _) in STATES.items()}


# --- pack ------------------------------------------------------------------------------------


_FILTERS = (
    click.option("--section", type=int, multiple=True, help="This section only; may be repeated."),
    click.option("--marked-only", is_flag=True, help="Criteria marked (M) only."),
    click.option("--polarity", type=_POLARITIES),
    click.option("--since", metavar="DATE", help="Documents of this day, month, year or later."),
    click.option("--until", metavar="DATE", help="Documents of this day, month, year or before."),
    click.option("--document", multiple=True, help="This document only; may be repeated."),
)


def _filtered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the filters of what goes out, as a function that makes options of them."""

    @wraps(function)
    def command(
        *args: Any,
        section: tuple[int, ...],
        marked_only: bool,
        polarity: str | None,
        since: str | None,
        until: str | None,
        document: tuple[str, ...],
        **kwargs: Any,
    ) -> Any:
        def options(opened: Case, **others: Any) -> PackOptions:
            return PackOptions(
                sections=section,
                marked_only=marked_only,
                polarity=Polarity(polarity) if polarity else None,
                since=since,
                until=until,
                documents=tuple(opened.document(each).identity for each in document),
                **others,
            )

        return function(*args, options=options, **kwargs)

    for option in reversed(_FILTERS):
        command = option(command)
    return command


@cambs_evidence.command("pack")
@_CASE
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@_filtered
@click.option("--annex", type=click.Choice(["none", "pictures", "cited", "full"]), default="cited",
              show_default=True, help="Which pages of the sources go with it.")  # fmt: skip
@click.option("--crops", is_flag=True,
              help="Show each passage as it stands on its page, too.")  # fmt: skip
@click.option("--date", metavar="YYYY-MM-DD", help="The pack's date; otherwise today.")
@click.option("--since-pack", metavar="OLD.pdf", type=click.Path(path_type=Path),
              help="Tell what has changed since this earlier pack.")  # fmt: skip
@_common
def pack(
    case: Path,
    output: Path,
    options: Callable[..., PackOptions],
    annex: str,
    crops: bool,
    date: str | None,
    since_pack: Path | None,
    out: _Output,
    by: str,
) -> None:
    """Build the evidence pack."""
    earlier = str(since_pack) if since_pack is not None else None
    with _recording(case, by) as opened:
        wanted = options(opened, annex=annex, crops=crops, date=date, since_pack=earlier)
        steps = opened.build_pack(output, wanted)
        result = _drained(steps, "Building the pack")[-1]
    assert isinstance(result, PackResult)  # noqa: S101 - for the type checker
    for warning in result.warnings:
        out.aside(warning)
    data = {
        "pack": str(output),
        "pages": result.pages,
        "excerpts": result.excerpts,
        "sha256": result.sha256,
    }
    out.result(
        data,
        lambda: out.say(
            f"Built {output}: {result.pages} pages, {result.excerpts} excerpts\n"
            f"SHA-256 {result.sha256}"
        ),
    )


@cambs_evidence.command("export")
@_CASE
@click.option("--as", "kind", required=True, type=click.Choice(list(EXPORTS)), help="The format.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@_filtered
@click.option("--date", metavar="YYYY-MM-DD", help="The date of the export; otherwise today.")
@_common
def export(
    case: Path,
    kind: str,
    output: Path,
    options: Callable[..., PackOptions],
    date: str | None,
    out: _Output,
    by: str,
) -> None:
    """Write the evidence for other programs, or for people who go on writing."""
    with _reading(case, by) as opened:
        steps = opened.export(output, kind, options(opened, date=date))
        result = _drained(steps, "Exporting")[-1]
    assert isinstance(result, ExportResult)  # noqa: S101 - for the type checker
    for warning in result.warnings:
        out.aside(warning)
    quotes = f"{result.excerpts} {'quote' if result.excerpts == 1 else 'quotes'}"
    out.result(
        {"files": list(result.files)},
        lambda: out.say(f"Wrote {quotes} to {', '.join(result.files)}"),
    )


@cambs_evidence.command("verify")
@click.argument("pack", type=click.Path(path_type=Path))
@click.option("--case", type=click.Path(path_type=Path), help="Prove it against this case.")
@click.option("--sources", type=click.Path(path_type=Path), help="Prove it against these files.")
@_common
def verify(pack: Path, case: Path | None, sources: Path | None, out: _Output, by: str) -> int:
    """Find every quote of a pack again in its source."""
    if case is not None and sources is not None:
        raise WordsOff("Give either --case or --sources, not both.")
    steps = verify_pack(pack, case=case, sources=sources, by=by)
    result = _drained(steps, "Verifying")[-1]
    assert isinstance(result, Verification)  # noqa: S101 - for the type checker
    data = {
        "pack": str(pack),
        "excerpts": result.excerpts,
        "verified": result.verified,
        "documents": [
            {"filename": each.filename, "status": each.status} for each in result.documents
        ],
        "failures": [
            {"link": each.link, "document": each.document, "quote": each.quote,
             "reason": each.reason}
            for each in result.failures
        ],
    }  # fmt: skip

    def show() -> None:
        out.say(f"{result.verified} of {result.excerpts} quotes verified")
        rows = [(each.filename, each.status) for each in result.documents]
        out.table(None, ("document", "status"), rows)
        if result.since:
            out.say(_tame(result.since))
        for failure in (*result.failures, *result.remarks):
            out.say(_tame(f"{failure.document}: “{failure.quote}”\n  {failure.reason}"))

    out.result(data, show)
    sound = result.verified == result.excerpts and not result.failures
    same = all(each.status == "same" for each in result.documents)
    return DONE if sound and same else PARTLY


# --- soundness -------------------------------------------------------------------------------


@cambs_evidence.command("check")
@_CASE
@_common
def check(case: Path, out: _Output, by: str) -> int:
    """Check storage, anchors and log."""
    with _reading(case, by) as opened:
        problems: list[Problem] = _drained(opened.check(), "Checking")
    names = ("what", "where", "mend")
    data = {
        "ok": not problems,
        "problems": [{name: getattr(each, name) for name in names} for each in problems],
    }

    def show() -> None:
        if not problems:
            out.say(f"{case} is sound.")
            return
        out.table(None, names, [(each.what, each.where, each.mend) for each in problems])

    out.result(data, show)
    return PARTLY if problems else DONE


@cambs_evidence.command("backup")
@_CASE
@click.option("-o", "--output", type=click.Path(path_type=Path))
@_common
def backup(case: Path, output: Path | None, out: _Output, by: str) -> None:
    """Make a verified copy of the case."""
    with _reading(case, by) as opened:
        made = opened.backup(output)
    out.result({"case": str(case), "backup": str(made)}, lambda: out.say(f"Backed up to {made}."))


@cambs_evidence.command("restore")
@click.argument("backup", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@_common
def restore_(backup: Path, output: Path, out: _Output, by: str) -> None:  # noqa: ARG001
    """Make a case out of a backup, which is checked first."""
    restore(backup, output)
    out.result(
        {"case": str(output), "backup": str(backup)}, lambda: out.say(f"Restored to {output}.")
    )


@cambs_evidence.command("log")
@_CASE
@click.option("--link", help="Only what was done to this link.")
@click.option("--document", metavar="DOCUMENT", help="Only what was done to it and in it.")
@click.option("--person", metavar="NAME", help="Only what this person did.")
@click.option("--what", metavar="WORDS", help="Only such entries, as “tag” or “accept”.")
@_common
def log(
    case: Path,
    link: str | None,
    document: str | None,
    person: str | None,
    what: str | None,
    out: _Output,
    by: str,
) -> int:
    """Show the change log, and whether its chain is intact."""
    with _reading(case, by) as opened:
        about = opened.document(document) if document is not None else None
        events = opened.history(link=link, document=about, by=person, what=what)
        intact = opened.log_is_intact()
    names = ("at", "by", "what", "subject")
    data = {
        "events": [{name: getattr(each, name) for name in names} for each in events],
        "intact": intact,
    }

    def show() -> None:
        out.table(None, names, [tuple(getattr(each, name) for name in names) for each in events])
        out.say("The log is intact." if intact else "The log was changed outside the program.")

    out.result(data, show)
    return DONE if intact else PARTLY


# Its commands join those above.
from cambs_evidence import command_line_judging as _judging  # noqa: E402, F401
from cambs_evidence import command_line_review as _reviewing  # noqa: E402, F401
