"""Moving a case to another framework: one change that carries all that hangs on the old one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, FromClause, func, select

from cambs_evidence.framework import bundled, moving
from cambs_evidence.framework.moving import Plan
from cambs_evidence.model import Criterion, Framework, Held, Proposal, RowChange, Section
from cambs_evidence.store import reading, threads
from cambs_evidence.store.tables import (
    ActionRow,
    JudgementRow,
    LinkRow,
    NarrativeRow,
)

_LINK = LinkRow.__table__
_ACTION = ActionRow.__table__
_JUDGEMENT = JudgementRow.__table__
_NARRATIVE = NarrativeRow.__table__

_Row = dict[str, object]


def held(connection: Connection, framework: Framework) -> dict[str, Held]:
    """What hangs on each criterion, and on each section without criteria, by code."""
    links = _counted(connection, _LINK)
    actions = _counted(connection, _ACTION)
    result = {}
    for section in framework.sections:
        for each in section.criteria:
            place: tuple[str, str | None] = (section.id, each.id)
            result[each.code] = Held(
                links.get(place, 0), actions.get(place, 0), excluded=each.not_applicable is not None
            )
        if not section.criteria:
            place = (section.id, None)
            result[str(section.number)] = Held(links.get(place, 0), actions.get(place, 0))
    return result


def _counted(connection: Connection, table: FromClause) -> dict[tuple[str, str | None], int]:
    columns = table.c
    query = select(columns.section_id, columns.criterion_id, func.count())
    found = connection.execute(query.group_by(columns.section_id, columns.criterion_id))
    return {(section, criterion): count for section, criterion, count in found}


def judged(connection: Connection, framework: Framework) -> dict[str, tuple[str, ...]]:
    """The codes of each block that has a judgement, by the code that names it: its first."""
    blocks = _blocks(framework)
    found = connection.execute(select(_JUDGEMENT.c.section_id, _JUDGEMENT.c.block))
    result = {}
    for section_id, block in found:
        codes = blocks.get((section_id, block), ())
        if codes:
            result[codes[0]] = codes
    return result


def _blocks(framework: Framework) -> dict[tuple[str, int], tuple[str, ...]]:
    """The codes of each block by its section and place; of one without criteria its number."""
    return {
        (section.id, place): block or (str(section.number),)
        for section in framework.sections
        for place, block in enumerate(section.blocks)
    }


# --- rows ---------------------------------------------------------------------------------------


def rows(
    connection: Connection, before: Framework, plan: Plan, proposal: Proposal
) -> list[RowChange]:
    """All that moving to a framework changes, in an order in which it can be carried out.

    What is new comes first, then what moves to it, at last what is gone; turned round, that holds
    too. Nothing where the case stands on it already.
    """
    after = plan.framework
    old_sections = {each.id: _section_row(each) for each in before.sections}
    new_sections = {each.id: _section_row(each) for each in after.sections}
    old_criteria = dict(_criterion_rows(before))
    new_criteria = dict(_criterion_rows(after))
    facts = _fact_rows(reading.facts(connection), plan, proposal)
    sections, gone_sections = _differences("section", old_sections, new_sections)
    criteria, gone_criteria = _differences("criterion", old_criteria, new_criteria)
    links, became = _links(connection, before, plan)
    return [
        *facts,
        *sections,
        *criteria,
        *links,
        *_actions(connection, before, plan),
        *_judgements(connection, before, plan, became),
        *threads.carried(connection, became),
        *_narratives(connection, after, proposal),
        *gone_criteria,
        *gone_sections,
    ]


def fact_values(proposal: Proposal, version: str) -> dict[str, str]:
    """The facts that say which framework a case stands on, and what it was read from."""
    known = {"framework_name": proposal.name, "framework_version": version}
    if proposal.filename:
        known |= {"framework_file": proposal.filename, "framework_sha256": proposal.sha256}
    return known


def _fact_rows(known: Mapping[str, str | None], plan: Plan, proposal: Proposal) -> list[RowChange]:
    result = []
    for name, value in fact_values(proposal, plan.framework.version).items():
        before: _Row | None = {"id": name, "value": known[name]} if name in known else None
        after: _Row = {"id": name, "value": value}
        if before != after:
            result.append(RowChange("fact", name, before, after))
    return result


def _section_row(section: Section) -> _Row:
    return {"id": section.id, "number": section.number, "title": section.title}


def _criterion_rows(tree: Framework) -> Iterator[tuple[str, _Row]]:
    for section in tree.sections:
        for criterion, block, position in _placed(section):
            yield (
                criterion.id,
                {
                    "id": criterion.id,
                    "section_id": section.id,
                    "code": criterion.code,
                    "position": position,
                    "block": block,
                    "label": criterion.label,
                    "statement": criterion.statement,
                    "marked": criterion.marked,
                    "not_applicable": criterion.not_applicable,
                },
            )


def _placed(section: Section) -> Iterator[tuple[Criterion, int, int]]:
    """Each criterion with the place of its block, and its own within the section."""
    block_of = {code: place for place, block in enumerate(section.blocks) for code in block}
    for position, criterion in enumerate(section.criteria):
        yield criterion, block_of[criterion.code], position


def first_rows(proposal: Proposal | None) -> list[RowChange]:
    """The rows of the framework that a case begins with: one that was read, or the bundled one."""
    tree = bundled.came_with_it() if proposal is None else moving.tree(proposal)
    facts = {"framework_name": tree.name, "framework_version": tree.version}
    if proposal is not None:
        facts = fact_values(proposal, tree.version)
    rows = [RowChange("fact", name, None, {"id": name, "value": v}) for name, v in facts.items()]
    rows += [RowChange("section", each.id, None, _section_row(each)) for each in tree.sections]
    rows += [RowChange("criterion", key, None, row) for key, row in _criterion_rows(tree)]
    if proposal is not None:
        told = narrative_rows(tree, proposal)
        rows += [RowChange("narrative", key, None, row) for key, row in told]
    return rows


def _differences(
    table: str, before: Mapping[str, _Row], after: Mapping[str, _Row]
) -> tuple[list[RowChange], list[RowChange]]:
    """What is new and what is other; and apart from it what is gone."""
    fresh = [RowChange(table, key, None, row) for key, row in after.items() if key not in before]
    other = [
        RowChange(table, key, before[key], row)
        for key, row in after.items()
        if key in before and before[key] != row
    ]
    gone = [RowChange(table, key, row, None) for key, row in before.items() if key not in after]
    return fresh + other, gone


def _places(tree: Framework) -> dict[str, tuple[str, str | None]]:
    """Section and criterion of each code; of a section without criteria no criterion."""
    places: dict[str, tuple[str, str | None]] = {}
    for section in tree.sections:
        places |= {each.code: (section.id, each.id) for each in section.criteria}
        if not section.criteria:
            places[str(section.number)] = (section.id, None)
    return places


def _moves(before: Framework, plan: Plan) -> dict[tuple[str, str | None], tuple[str, str | None]]:
    """Where what hangs on an old place goes, as far as it goes elsewhere."""
    old, new = _places(before), _places(plan.framework)
    moves = {}
    for code, place in old.items():
        home = plan.home(code)
        if home is not None and new[home] != place:
            moves[place] = new[home]
    return moves


def _links(
    connection: Connection, before: Framework, plan: Plan
) -> tuple[list[RowChange], dict[str, str]]:
    """The links that move; two that would say the same of one passage become one.

    With them the id of the one that stays by that of each that became part of it.
    """
    moves = _moves(before, plan)
    if not moves:
        return [], {}
    aims = {(section_id, criterion_id) for section_id, criterion_id in (*moves, *moves.values())}
    section_ids = {section_id for section_id, _ in aims}
    found = connection.execute(
        select(_LINK).where(_LINK.c.section_id.in_(section_ids)).order_by(_LINK.c.at, _LINK.c.id)
    )
    said: dict[tuple[object, ...], list[_Row]] = defaultdict(list)
    for row in found.mappings():
        link = dict(row)
        place = (str(link["section_id"]), _text(link["criterion_id"]))
        aim = moves.get(place, place)
        said[link["passage_id"], *aim, link["polarity"]].append(link)
    changes: list[RowChange] = []
    became: dict[str, str] = {}
    for (_, section_id, criterion_id, _), links in said.items():
        kept = links[0]
        after = kept | {"section_id": section_id, "criterion_id": criterion_id}
        moved = any(
            (str(each["section_id"]), _text(each["criterion_id"])) in moves for each in links
        )
        if len(links) > 1 and moved:
            notes = dict.fromkeys(str(each["note"]) for each in links if each["note"])
            after["note"] = " · ".join(notes) or None
            changes += [RowChange("link", str(each["id"]), each, None) for each in links[1:]]
            became |= {str(each["id"]): str(kept["id"]) for each in links[1:]}
        if after != kept:
            changes.append(RowChange("link", str(kept["id"]), kept, after))
    return changes, became


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _actions(connection: Connection, before: Framework, plan: Plan) -> list[RowChange]:
    moves = _moves(before, plan)
    changes = []
    for row in connection.execute(select(_ACTION)).mappings():
        action = dict(row)
        aim = moves.get((str(action["section_id"]), _text(action["criterion_id"])))
        if aim is not None:
            after = action | {"section_id": aim[0], "criterion_id": aim[1]}
            changes.append(RowChange("action", str(action["id"]), action, after))
    return changes


def _judgements(
    connection: Connection, before: Framework, plan: Plan, became: Mapping[str, str]
) -> list[RowChange]:
    """Judgements go to the block that most of their criteria go to; two on one are joined.

    Where a summary refers to a link that became part of another, it refers to that one then.
    """
    old = _blocks(before)
    block_of = {code: place for place, codes in _blocks(plan.framework).items() for code in codes}
    joined: dict[tuple[str, int], list[_Row]] = defaultdict(list)
    for row in connection.execute(select(_JUDGEMENT).order_by(_JUDGEMENT.c.at)).mappings():
        judgement = dict(row)
        codes = old.get((str(judgement["section_id"]), int(judgement["block"])), ())
        homes = [home for code in codes if (home := plan.home(code)) is not None]
        counted = Counter(block_of[home] for home in homes)
        if counted:  # what has no home was asked about before
            joined[counted.most_common(1)[0][0]].append(judgement)
    changes: list[RowChange] = []
    for (section_id, block), some in joined.items():
        kept = some[0]
        said = "\n\n".join(str(each["summary"]) for each in some if each["summary"])
        for gone, stays in became.items():
            said = said.replace(gone, stays)
        after = kept | {"section_id": section_id, "block": block, "summary": said}
        if len(some) > 1:
            after["grade"] = kept["grade"] if len({each["grade"] for each in some}) == 1 else None
            changes += [RowChange("judgement", str(each["id"]), each, None) for each in some[1:]]
        if after != kept:
            changes.append(RowChange("judgement", str(kept["id"]), kept, after))
    return changes


# --- narrative ----------------------------------------------------------------------------------


def narrative_rows(tree: Framework, proposal: Proposal) -> Iterator[tuple[str, _Row]]:
    """What the document says under each block, as rows by their id."""
    for section, read in zip(tree.sections, proposal.sections, strict=True):
        for place, block in enumerate(read.blocks):
            if block.narrative:
                key = bundled.identity("narrative", f"{section.id}/{place}")
                yield key, {
                    "id": key, "section_id": section.id, "block": place, "text": block.narrative,
                }  # fmt: skip


def _narratives(connection: Connection, after: Framework, proposal: Proposal) -> list[RowChange]:
    found = connection.execute(select(_NARRATIVE)).mappings()
    before: dict[str, _Row] = {str(row["id"]): dict(row) for row in found}
    some, gone = _differences("narrative", before, dict(narrative_rows(after, proposal)))
    return [*gone, *some]
