"""The sample case of an invented county, built through the door as a person would."""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.errors import Refused, Unwritable
from cambs_evidence.model import Imported, Polarity, Progress
from cambs_evidence.summaries import token

#: In the summaries of the sample: the beginning of the quote that is referred to.
_REFERENCE = re.compile(r"\[\[([^\]]+)\]\]")


def build(target: Path, by: str) -> Iterator[Progress | Path]:
    """Builds the sample case; yields progress, and at last the path of the closed case.

    It bears its name once it is whole; closed early, nothing of it is left. Its folder is made
    where there is none. Raises Refused where the name is taken, Unwritable where nothing can be
    written.
    """
    _refuse_taken(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(
            f"The folder {target.parent} cannot be made; choose another place."
        ) from error
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        yield from _built(part, by)
        _refuse_taken(target)
        try:
            part.rename(target)
        except OSError as error:
            raise Unwritable(f"{target} cannot be written; choose another place.") from error
    finally:
        with contextlib.suppress(OSError):  # what could not be made need not be taken away
            part.unlink(missing_ok=True)
    yield target


def _built(part: Path, by: str) -> Iterator[Progress]:
    source = paths.resources() / "sample"
    told = _read(source / "case.json")
    # One document after the other, so that each is made searchable once.
    links = sorted(_read(source / "links.json"), key=lambda each: str(each["document"]))
    described: list[dict[str, str]] = told["documents"]
    judged = _read(source / "judgements.json")
    total = 2 * len(described) + len(links) + len(judged["judgements"])
    facts: dict[str, str] = told["facts"]
    start, _, until = facts.pop("period").partition("..")
    yield Progress("sample", 0, total)
    with Case.create(part, by=by, title=facts["title"]) as case:
        case.set_facts(**facts, period_from=start, period_until=until)
        for each in case.import_files([source / "documents"]):
            if isinstance(each, Progress):
                yield Progress("sample", each.done, total, each.detail)
            elif isinstance(each, Imported) and each.status != "imported":
                raise Refused(each.reason or f"{each.path} was refused.")
        steps = count(len(described) + 1)
        for known in described:
            name = known.pop("filename")
            case.describe(case.document(name), **known)
            yield Progress("sample", next(steps), total, name)
        documents = {each.filename: each for each in case.documents()}
        for link in links:
            case.tag(
                documents[link["document"]],
                link["quote"],
                link["criterion"],
                Polarity(link["polarity"]),
                note=link.get("note"),
                page=None if link.get("page") is None else link["page"] - 1,
                occurrence=link.get("occurrence"),
            )
            yield Progress("sample", next(steps), total, link["document"])
        ids = {each.passage.anchor.quote: each.id for each in reversed(case.evidence())}
        for told in judged["judgements"]:
            summary = _REFERENCE.sub(lambda x: token(_begun(ids, x[1])), "\n".join(told["summary"]))
            case.judge(told["code"], summary=summary, grade=told.get("grade"))
            yield Progress("sample", next(steps), total, told["code"])
        for told in judged["actions"]:
            link = _begun(ids, told["from"]) if "from" in told else None
            facts = {name: told.get(name) for name in ("owner", "due", "done")}
            case.add_action(told["code"], told["text"], **facts, link=link)


def _begun(ids: dict[str, str], words: str) -> str:
    """The link whose quote begins with some words."""
    return next(link for quote, link in ids.items() if quote.startswith(words))


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _refuse_taken(target: Path) -> None:
    if target.exists():
        raise Refused(f"{target} exists already; choose another name.", code="exists")
