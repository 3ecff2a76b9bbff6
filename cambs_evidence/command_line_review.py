"""The commands of the review; they join the others when those are defined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cambs_evidence.case import Case
from cambs_evidence.command_line import (
    _CASE,
    _NUMBER,
    _POLARITIES,
    DONE,
    PARTLY,
    _cited,
    _common,
    _drained,
    _Output,
    _reading,
    _tame,
    cambs_evidence,
)
from cambs_evidence.errors import Unknown
from cambs_evidence.model import Polarity
from cambs_evidence.review import (
    Exported,
    Finding,
    Merged,
    Merging,
    Review,
    SignOff,
    Stand,
    Verdict,
)
from cambs_evidence.wording import in_words, moment_in_words, quote_in_words

_VERDICTS = click.Choice([each.value for each in Verdict])
_STANDS = click.Choice([each.value for each in Stand])


# --- decisions and threads -------------------------------------------------------------------


@cambs_evidence.command("decide")
@_CASE
@click.argument("link")
@click.argument("decision", type=_VERDICTS)
@click.option("--comment", help="Why; a query needs one to be answered.")
@_common
def decide(
    case: Path, link: str, decision: str, comment: str | None, out: _Output, by: str
) -> None:
    """Accept, query or reject a link, in a case or in a file for review."""
    with Case.open(case, by=by) as opened:
        made, _ = opened.decide(link, Verdict(decision), comment)
    data = {"link": link, "decision": made.verdict.value}
    out.result(data, lambda: out.say(f"{by}: {made.verdict.value} link {link}."))


@cambs_evidence.command("answer")
@_CASE
@click.argument("link")
@click.argument("text")
@_common
def answer(case: Path, link: str, text: str, out: _Output, by: str) -> None:
    """Put an answer into the thread of a link."""
    with Case.open(case, by=by) as opened:
        made, _ = opened.answer(link, text)
    out.result({"link": link, "message": made.id}, lambda: out.say(f"Answered on link {link}."))


@cambs_evidence.command("review")
@_CASE
@click.option("--state", type=_STANDS, help="Only links that stand so with their reviewers.")
@click.option("--reviewer", metavar="NAME", help="By the decisions of one reviewer alone.")
@_common
def review(case: Path, state: str | None, reviewer: str | None, out: _Output, by: str) -> None:
    """Show how far the review is, and what was said of each link."""
    with _reading(case, by) as opened:
        links = opened.evidence()
        told = opened.reviews(links)
        if reviewer is not None:
            told = [each.by_one(reviewer) for each in told]
        figures = opened.review_summary()
        tried = opened.tried(links, reviewer)
        findings = opened.findings()
    found = [
        (link, each)
        for link, each in zip(links, told, strict=True)
        if state is None or each.stand.value == state
    ]
    data = {
        "links": [
            {"link": link.id, "criterion": link.code, **_review(each)} for link, each in found
        ],
        "missing": [_finding(each) for each in findings],
        "states": {each.value: tried.stands[each] for each in Stand},
        "decided": tried.decided,
        "total": tried.total,
        "accepted": figures.accepted,
        "agreement": figures.agreement,
        "reviewers": list(figures.reviewers),
    }

    def show() -> None:
        rows = [
            (link.code, each.stand.value, _said(each), _cited(link),
             quote_in_words(link.passage.anchor))
            for link, each in found
        ]  # fmt: skip
        columns = ("criterion", "state", "said", "where", "quote")
        out.table(f"{tried.decided} of {tried.total} links decided", columns, rows)
        if findings:
            columns = ("id", "criterion", "noted by", "outcome", "quote")
            rows = [
                (each.id, each.code, each.by, each.outcome or "waits",
                 quote_in_words(each.anchor))
                for each in findings
            ]  # fmt: skip
            out.table("Passages noted as missing", columns, rows)
        for name, share in (("accepted", figures.accepted), ("agreed on", figures.agreement)):
            if share is not None:
                out.say(f"{share:.0%} {name}")

    out.result(data, show)


def _review(told: Review) -> dict[str, Any]:
    return {
        "state": told.stand.value,
        "decisions": [
            {"by": each.by, "at": each.at, "decision": each.verdict.value,
             "comment": each.comment, "seen": each.seen, "outdated": each.by in told.outdated}
            for each in told.decisions
        ],
        "thread": [
            {"by": each.by, "at": each.at,
             "decision": each.verdict.value if each.verdict else None, "text": each.text}
            for each in told.thread
        ],
    }  # fmt: skip


def _said(told: Review) -> str:
    late = dict.fromkeys(told.outdated, " (changed since)")
    lines = [f"{each.by}: {each.verdict.value}{late.get(each.by, '')}" for each in told.decisions]
    lines += [f"{each.by}: {each.text}" for each in told.thread if each.text]
    return "; ".join(lines)


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "id": found.id,
        "document": found.document_id,
        "filename": found.filename,
        "page": found.anchor.spans[0].page + 1,
        "quote": found.anchor.quote,
        "criterion": found.code,
        "polarity": found.polarity.value,
        "comment": found.comment,
        "by": found.by,
        "at": found.at,
        "outcome": found.outcome,
        "link": found.link,
        "reason": found.reason,
    }


@cambs_evidence.command("sample")
@_CASE
@click.option("--per-section", type=click.IntRange(0, 10**6), default=5, show_default=True)
@click.option("--seed", default="1", show_default=True, help="The same chooses the same.")
@click.option("--without-marked", is_flag=True, help="Not all of the criteria marked (M).")
@_common
def sample(
    case: Path, per_section: int, seed: str, without_marked: bool, out: _Output, by: str
) -> None:
    """Choose the links to look at: some of each section at random, and all marked (M)."""
    with _reading(case, by) as opened:
        chosen = opened.sample(per_section, seed, marked=not without_marked)
        links = opened.links_by_id(chosen)
    rows = [(link.code, link.id, _cited(link)) for link in links]
    out.result(
        {"links": chosen},
        lambda: out.table(f"{len(chosen)} links", ("criterion", "link", "where"), rows),
    )


# --- passages noted as missing ---------------------------------------------------------------


@cambs_evidence.command("note-missing")
@_CASE
@click.option("--document", metavar="DOCUMENT", required=True)
@click.option("--quote", required=True)
@click.option("--criterion", metavar="CODE", required=True)
@click.option("--polarity", type=_POLARITIES, required=True)
@click.option("--comment")
@click.option("--page", type=_NUMBER, help="Where the quote starts.")
@click.option("--occurrence", type=_NUMBER, help="Which of several, from 1.")
@_common
def note_missing(
    case: Path,
    document: str,
    quote: str,
    criterion: str,
    polarity: str,
    comment: str | None,
    page: int | None,
    occurrence: int | None,
    out: _Output,
    by: str,
) -> None:
    """Note a passage that the author missed; no evidence before they take it."""
    with Case.open(case, by=by) as opened:
        source, target = opened.document(document), opened.target(criterion)
        place = opened.find(source, quote, page - 1 if page else None, occurrence)
        made, _ = opened.note_missing(
            source, opened.anchor(source, place), target, Polarity(polarity), comment
        )
    out.result(_finding(made), lambda: out.say(f"Noted for {made.code}: {made.id}."))


@cambs_evidence.command("take-missing")
@_CASE
@click.argument("passage")
@_common
def take_missing(case: Path, passage: str, out: _Output, by: str) -> None:
    """Make evidence of a passage that a reviewer noted."""
    with Case.open(case, by=by) as opened:
        link, _ = opened.take_missing(passage)
    out.result(
        {"id": passage, "link": link.id}, lambda: out.say(f"Tagged to {link.code}: {link.id}.")
    )


@cambs_evidence.command("decline-missing")
@_CASE
@click.argument("passage")
@click.option("--reason", required=True)
@_common
def decline_missing(case: Path, passage: str, reason: str, out: _Output, by: str) -> None:
    """Say why a passage that a reviewer noted is not taken."""
    with Case.open(case, by=by) as opened:
        opened.decline_missing(passage, reason)
    out.result({"id": passage}, lambda: out.say(f"Declined {passage}."))


# --- sign-off --------------------------------------------------------------------------------


@cambs_evidence.command("sign-off")
@_CASE
@click.argument("section", type=int)
@click.option("--date", metavar="YYYY-MM-DD", help="Otherwise today.")
@click.option("--take-back", is_flag=True, help="Take your own sign-off of the section back.")
@_common
def sign_off(
    case: Path, section: int, date: str | None, take_back: bool, out: _Output, by: str
) -> None:
    """Put your name under a section as it is now."""
    with Case.open(case, by=by) as opened:
        if take_back:
            own = [each for each in opened.sign_offs() if (each.section, each.by) == (section, by)]
            if not own:
                raise Unknown(
                    f"{by} has not signed section {section} off.", code="unknown-sign-off"
                )
            with opened.together():
                for each in own:
                    opened.take_back_sign_off(each.id)
        else:
            opened.sign_off(section, date)
        found = [each for each in opened.sign_offs() if each.section == section]
    _tell_sign_offs(found, out)


@cambs_evidence.command("sign-offs")
@_CASE
@_common
def sign_offs(case: Path, out: _Output, by: str) -> None:
    """List who signed which section off, and what changed since."""
    with _reading(case, by) as opened:
        found = opened.sign_offs()
    _tell_sign_offs(found, out)


def _tell_sign_offs(found: list[SignOff], out: _Output) -> None:
    data = {
        "sign_offs": [
            {
                "section": each.section,
                "by": each.by,
                "date": each.date,
                "reopened": each.reopened,
                "since": [
                    {name: getattr(event, name) for name in ("at", "by", "what", "subject")}
                    for event in each.since
                ],
            }
            for each in found
        ]
    }

    def show() -> None:
        rows = [(str(each.section), each.by, in_words(each.date), _stands(each)) for each in found]
        out.table("Sign-off", ("section#", "by", "on", "state"), rows)
        for each in found:
            for event in each.since:
                said = f"{event.what} by {event.by}, {moment_in_words(event.at)}"
                out.say(_tame(f"Section {each.section}: {said}"))

    out.result(data, show)


def _stands(told: SignOff) -> str:
    if not told.reopened:
        return "as it was signed"
    return f"reopened: {_many(len(told.since), 'change')} since"


def _many(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


# --- out and back ----------------------------------------------------------------------------


@cambs_evidence.command("review-export")
@_CASE
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@click.option("--pages", type=click.Choice(["cited", "all"]), default="cited", show_default=True,
              help="Which pages of the documents go along.")  # fmt: skip
@_common
def review_export(case: Path, output: Path, pages: str, out: _Output, by: str) -> None:
    """Write the file that a reviewer opens, works in without a network, and sends back."""
    with _reading(case, by) as opened:
        made = _drained(opened.review_export(output, pages=pages), "Writing")[-1]
    assert isinstance(made, Exported)  # noqa: S101 - for the type checker
    data = {
        "review": str(output),
        "links": made.links,
        "documents": made.documents,
        "pages": made.pages,
    }
    counts = ((made.links, "link"), (made.documents, "document"), (made.pages, "page"))
    said = ", ".join(_many(*each) for each in counts)
    out.result(data, lambda: out.say(f"Wrote {output}: {said}."))


@cambs_evidence.command("review-merge")
@_CASE
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what it would do, and do nothing.")
@_common
def review_merge(case: Path, file: Path, dry_run: bool, out: _Output, by: str) -> int:
    """Bring back what reviewers said, or the work of another officer on a copy of the case."""
    with Case.open(case, by=by, readonly=dry_run) as opened:
        if dry_run:
            told, backup = opened.merging(file), None
        else:
            done = _drained(opened.merge(file), "Merging")[-1]
            assert isinstance(done, Merged)  # noqa: S101 - for the type checker
            told, backup = done.merging, done.backup
    data = {
        "added": told.added,
        "changed": told.changed,
        "conflicts": [
            {"kind": each.kind, "id": each.id, "link": each.link, "reason": each.reason}
            for each in told.conflicts
        ],
    }
    if backup is not None:
        out.aside(f"A copy of the case as it was before: {backup}")
    out.result(data, lambda: _show_merging(told, out, dry_run=dry_run))
    return PARTLY if told.conflicts else DONE


def _show_merging(told: Merging, out: _Output, *, dry_run: bool) -> None:
    for each in told.incoming:
        out.say(_tame(f"{'changed' if each.changes else 'added'}: {each.words}"))
    for conflict in told.conflicts:
        out.say(_tame(f"conflict: {conflict.reason}"))
    done = "would be " if dry_run else ""
    out.say(
        f"{told.added} {done}added, {told.changed} {done}changed, {len(told.conflicts)} in conflict"
    )
