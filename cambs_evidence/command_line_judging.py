"""The commands for judgements and actions; they join the others when those are defined."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from cambs_evidence.case import Case
from cambs_evidence.command_line import (
    _CASE,
    _common,
    _Output,
    _reading,
    cambs_evidence,
)
from cambs_evidence.errors import Unknown, Unreadable, WordsOff
from cambs_evidence.model import Action, Grade, Link
from cambs_evidence.summaries import blocks, counted, in_plain_words, references
from cambs_evidence.wording import in_words, moment_in_words

#: Takes a grade away.
_NONE = "none"


@cambs_evidence.command("judge")
@_CASE
@click.argument("code")
@click.option("--summary-file", metavar="FILE", type=click.Path(path_type=Path),
              help="A text file; an empty one takes the summary away.")  # fmt: skip
@click.option(
    "--grade",
    type=click.Choice([*(each.value for each in Grade), _NONE]),
    help="“none” takes the grade away.",
)
@_common
def judge(
    case: Path, code: str, summary_file: Path | None, grade: str | None, out: _Output, by: str
) -> None:
    """Set summary and grade of a block, named by its first criterion (or 18).

    In the summary, [[link:ID]] refers to a link, lines that begin with "- " are a list.
    """
    if summary_file is None and grade is None:
        raise WordsOff("Say what to set: --summary-file or --grade.")
    summary = _text_of(summary_file) if summary_file is not None else None
    with Case.open(case, by=by) as opened:
        change = opened.judge(code, summary=summary, grade="" if grade == _NONE else grade)
        known = {each.id for each in opened.links_by_id(references(summary or ""))}
    lost = [each for each in references(summary or "") if each not in known]
    for each in lost:
        out.aside(f"The case has no link {each}, which the summary refers to.")
    out.result({"code": change.subject}, lambda: out.say(f"Judged block {change.subject}."))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{file.name} is no UTF-8 text; save the summary as that.") from error
    except OSError as error:
        raise Unreadable(f"{file} cannot be read; check the name and that you may.") from error


@cambs_evidence.command("judgements")
@_CASE
@_common
def judgements(case: Path, out: _Output, by: str) -> None:
    """List the blocks with summary and grade, and how far each section is."""
    with _reading(case, by) as opened:
        found = {each.code: each for each in opened.judgements()}
        progress = opened.progress()
        known = blocks(opened.framework())
        cited = {x for each in found.values() for x in references(each.summary)}
        said = {each.id: _cited(each) for each in opened.links_by_id(sorted(cited))}
    listed: list[dict[str, Any]] = []
    for block in known:
        told = found.get(block.code)
        listed.append(
            {
                "code": block.code,
                "criteria": list(block.codes),
                "summary": told.summary or None if told else None,
                "grade": told.grade.value if told and told.grade else None,
                "by": told.by if told else None,
                "at": told.at if told else None,
            }
        )
    data = {
        "judgements": listed,
        "sections": [dataclasses.asdict(each) for each in progress],
    }
    rows = []
    for block in known:
        told = found.get(block.code)
        who = f"{told.by}, {moment_in_words(told.at)}" if told else ""
        grade = told.grade.value.capitalize() if told and told.grade else "–"
        words = in_plain_words(told.summary, said) if told and told.summary else "no summary yet"
        rows.append((block.name, grade, words, who))

    def show() -> None:
        out.table(None, ("block", "grade", "summary", "by"), rows)
        there, judged, graded = counted(progress)
        out.say(f"{judged} of {there} blocks have a summary, {graded} a grade.")

    out.result(data, show)


def _cited(link: Link) -> str:
    return f"{link.filename}, page {link.passage.page + 1}"


@cambs_evidence.command("judgement-history")
@_CASE
@click.argument("code")
@_common
def judgement_history(case: Path, code: str, out: _Output, by: str) -> None:
    """Show what summary and grade of a block were, the newest first."""
    with _reading(case, by) as opened:
        found = opened.judgement_history(code)
    data = {"history": [dataclasses.asdict(each) for each in found]}
    rows = [(each.at, each.by, each.what, each.grade or "–", each.summary) for each in found]
    out.result(data, lambda: out.table(None, ("at", "by", "what", "grade", "summary"), rows))


# --- actions ---------------------------------------------------------------------------------


@cambs_evidence.command("actions")
@_CASE
@click.option("--section", type=int)
@_common
def actions(case: Path, section: int | None, out: _Output, by: str) -> None:
    """List what is to be done."""
    with _reading(case, by) as opened:
        if section is not None and section not in {x.number for x in opened.framework().sections}:
            raise Unknown(f"There is no section {section}.", code="unknown-section")
        found = opened.actions(section=section)
    rows = [
        (
            each.code, f"{each.text} (id {each.id})", each.owner or "",
            in_words(each.due) if each.due else "",
            in_words(each.done) if each.done else "",
        )
        for each in found
    ]  # fmt: skip
    columns = ("criterion", "action", "owner", "due", "done")
    out.result({"actions": [_told(x) for x in found]}, lambda: out.table(None, columns, rows))


def _told(action: Action) -> dict[str, Any]:
    return {
        "id": action.id, "criterion": action.code, "text": action.text, "owner": action.owner,
        "due": action.due, "done": action.done, "link": action.link, "by": action.by,
        "at": action.at,
    }  # fmt: skip


@cambs_evidence.command("add-action")
@_CASE
@click.argument("code")
@click.option("--text", required=True, help="What is to be done.")
@click.option("--owner", help="Who answers for it.")
@click.option("--due", metavar="DATE", help="By when: a day, a month or a year.")
@click.option("--done", metavar="DATE", help="When it was done.")
@click.option("--link", metavar="LINK", help="The link that it comes from.")
@_common
def add_action(
    case: Path, code: str, text: str, link: str | None, out: _Output, by: str, **facts: str | None
) -> None:
    """Add what is to be done about a criterion (or 18)."""
    with Case.open(case, by=by) as opened:
        action, _ = opened.add_action(code, text, **facts, link=link)
    out.result({"action": action.id}, lambda: out.say(f"Added action {action.id}."))


@cambs_evidence.command("change-action")
@_CASE
@click.argument("action")
@click.option("--criterion", metavar="CODE")
@click.option("--text")
@click.option("--owner", help="An empty one takes the owner away.")
@click.option("--due", metavar="DATE", help="An empty one takes the date away.")
@click.option("--done", metavar="DATE", help="When it was done; an empty one: it is not.")
@_common
def change_action(
    case: Path, action: str, criterion: str | None, out: _Output, by: str, **facts: str | None
) -> None:
    """Change an action, or say when it was done."""
    given = {name: value for name, value in facts.items() if value is not None}
    if not given and criterion is None:
        raise WordsOff("Say what to change: --criterion, --text, --owner, --due or --done.")
    with Case.open(case, by=by) as opened:
        opened.change_action(action, code=criterion, **given)
    out.result({"action": action}, lambda: out.say(f"Changed action {action}."))


@cambs_evidence.command("remove-action")
@_CASE
@click.argument("action")
@_common
def remove_action(case: Path, action: str, out: _Output, by: str) -> None:
    """Take an action away."""
    with Case.open(case, by=by) as opened:
        opened.remove_action(action)
    out.result({"action": action}, lambda: out.say(f"Took action {action} away."))
