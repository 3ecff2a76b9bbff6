"""Merges of random work on both sides: nothing lost, nothing doubled, nothing twice."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Change, Link, Polarity
from cambs_evidence.review import Verdict
from tests.core.audit.conftest import merge_into
from tests.support import ONCE_P1, ONCE_P2, ONCE_P3, problems

#: Real files cost time; what is worth finding is found by these.
_FEW = settings(
    max_examples=6, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip

_QUOTES = (ONCE_P1, ONCE_P2, ONCE_P3, "Records are kept", "Practice is strong")
_CODES = ("1.1", "1.2", "2.1", "18")
_NOTES = st.sampled_from(["", "one", "two"])
_POLARITIES = st.sampled_from(list(Polarity))
_PLACE = st.integers(0, 5)

_EDIT = st.one_of(
    st.tuples(st.just("tag"), st.sampled_from(_QUOTES), st.sampled_from(_CODES), _POLARITIES),
    st.tuples(st.just("untag"), _PLACE),
    st.tuples(st.just("note"), _PLACE, _NOTES),
    st.tuples(st.just("code"), _PLACE, st.sampled_from(_CODES)),
    st.tuples(st.just("decide"), _PLACE, st.sampled_from(list(Verdict))),
    st.tuples(st.just("answer"), _PLACE),
    st.tuples(st.just("judge"), st.sampled_from(("1.1", "2.1", "18")), _NOTES),
    st.tuples(st.just("plan"), st.sampled_from(_CODES), _PLACE),
    st.tuples(st.just("describe"), st.sampled_from(("2024-01-01", "2024-02"))),
    st.tuples(st.just("not applicable"), st.sampled_from(("1.2", "4.1")), _NOTES),
    st.tuples(st.just("undo")),
)
_EDITS = st.lists(_EDIT, min_size=1, max_size=6)
_SAID = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(list(Verdict)), st.booleans()),
    min_size=1, max_size=5,
)  # fmt: skip


def _work(path: Path, edits: list[tuple[Any, ...]], by: str) -> None:
    """Does what can be done of some edits."""
    with Case.open(path, by=by) as case:
        last: Change | None = None
        for what, *rest in edits:
            links = sorted(case.evidence(), key=lambda link: (link.code, link.id))
            try:
                if what == "undo":
                    last = case.revert(last) if last is not None else None
                elif what in _ON_LINKS:
                    if links:
                        last = _ON_LINKS[what](case, links[rest[0] % len(links)].id, *rest[1:])
                else:
                    last = _ANYWHERE[what](case, *rest)
            except EvidenceError:
                last = None  # what is refused is no edit


_ON_LINKS: dict[str, Callable[..., Change]] = {
    "untag": lambda case, link: case.untag(link),
    "note": lambda case, link, note: case.amend(link, note=note)[1],
    "code": lambda case, link, code: case.amend(link, code=code)[1],
    "decide": lambda case, link, verdict: case.decide(link, verdict)[1],
    "answer": lambda case, link: case.answer(link, f"{case.by} answers")[1],
}
_ANYWHERE: dict[str, Callable[..., Change]] = {
    "tag": lambda case, quote, code, polarity: case.tag(
        case.document("report.pdf"), quote, code, polarity
    )[1],
    "judge": lambda case, code, summary: case.judge(code, summary=summary),
    "plan": lambda case, code, number: case.add_action(code, f"{case.by} plans {number}")[1],
    "describe": lambda case, date: case.describe(case.document("letter.txt"), date=date),
    "not applicable": lambda case, code, why: case.set_not_applicable(code, why or None),
}


def _content(link: Link) -> tuple[object, ...]:
    anchor = link.passage.anchor
    spans = tuple((span.page, span.start, span.end) for span in anchor.spans)
    return anchor.document_sha256, spans, link.code, link.polarity


def _links(path: Path) -> dict[str, Link]:
    with Case.open(path, by="A", readonly=True) as case:
        return {link.id: link for link in case.evidence()}


def _words(path: Path) -> set[str]:
    """The ids of all decisions and answers, whatever became of their links."""
    with Case.open(path, by="A", readonly=True) as case, case._store.reading() as connection:
        return {
            row.id
            for table in ("decision", "message")
            for row in connection.exec_driver_sql(f"SELECT id FROM {table}")
        }


def _head(path: Path) -> str:
    with Case.open(path, by="A", readonly=True) as case:
        return case.events()[-1].hash


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@_FEW
@given(_EDITS, _EDITS)
def test_copies_come_together(
    _tagged: Path, ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]
) -> None:
    with _folder() as folder:
        begun = _links(_tagged)
        here, there = (
            Path(shutil.copyfile(_tagged, folder / f"{name}.cambs")) for name in ("here", "there")
        )
        _work(here, ours, "Author")
        _work(there, theirs, "Other")
        before, other, said = _links(here), _links(there), _words(here) | _words(there)
        done = merge_into(here, there)
        after = _links(here)
        told = {each.id for each in done.merging.conflicts}
        assert problems(here) == []
        assert _words(here) == said, "what was said is never lost"
        contents = Counter(map(_content, after.values()))
        assert set(contents.values()) <= {1}, "nothing is doubled"
        for key, link in other.items():
            fresh = key not in begun or _content(link) != _content(begun[key])
            assert not fresh or _content(link) in contents or key in told, "nothing new is lost"
        for key, link in before.items():
            kept = key in after or (key in begun and key not in other)
            assert kept, f"{link.code} was taken away by nobody"
        head = _head(here)
        assert merge_into(here, there).change.rows == ()
        assert _head(here) == head, "a second time brings nothing"
        back = merge_into(there, here)
        assert problems(there) == []
        told |= {each.id for each in back.merging.conflicts}
        if not told:
            assert set(contents) == set(map(_content, _links(there).values()))
            assert merge_into(here, there).change.rows == ()


@_FEW
@given(_EDITS, _SAID, _SAID)
def test_reviewers_files_come_back_in_any_order(
    _tagged: Path, edits: list[tuple[Any, ...]], ann: list[tuple[int, Verdict, bool]],
    ben: list[tuple[int, Verdict, bool]],
) -> None:  # fmt: skip
    with _folder() as folder:
        said: set[str] = set()
        files = []
        for name, words in (("Ann", ann), ("Ben", ben)):
            file = Path(
                shutil.copyfile(_tagged.with_name("cited.cambsreview"), folder / f"{name}.file")
            )
            with Case.open(file, by=name) as review:
                links = sorted(link.id for link in review.evidence())
                for place, verdict, seen in words:
                    made, _ = review.decide(links[place], verdict, f"{name} says", seen=seen)
                    said.add(made.id)
            files.append(file)
        one = Path(shutil.copyfile(_tagged, folder / "one.cambs"))
        _work(one, edits, "Author")
        said |= _words(one)
        two = Path(shutil.copyfile(one, folder / "two.cambs"))
        for path, order in ((one, files), (two, files[::-1])):
            for file in order:
                merge_into(path, file)
            head = _head(path)
            for file in files:
                assert merge_into(path, file).change.rows == ()
            assert _head(path) == head
            assert _words(path) == said
            assert problems(path) == []
        told = []
        for path in (one, two):
            with Case.open(path, by="A", readonly=True) as case:
                told.append((case.reviews(), [link.decision for link in case.evidence()]))
        assert told[0] == told[1]
