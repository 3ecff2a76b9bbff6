"""Merges of random work on both sides: nothing lost, nothing doubled, nothing twice."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Link, Polarity
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
    st.tuples(st.just("undo")),
)
_EDITS = st.lists(_EDIT, min_size=1, max_size=6)
_SAID = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(list(Verdict)), st.booleans()),
    min_size=1, max_size=5,
)  # fmt: skip


def _work(path: Path, edits: list[tuple[object, ...]], by: str) -> None:
    """Does what can be done of some edits."""
    with Case.open(path, by=by) as case:
        report, last = case.document("report.pdf"), None
        for what, *rest in edits:
            links = sorted(case.evidence(), key=lambda link: (link.code, link.id))
            try:
                if what == "tag":
                    quote, code, polarity = rest
                    _, last = case.tag(report, str(quote), str(code), Polarity(polarity))
                elif what == "undo":
                    last = case.revert(last) if last is not None else None
                elif links:
                    link = links[int(str(rest[0])) % len(links)].id
                    if what == "untag":
                        last = case.untag(link)
                    elif what == "note":
                        _, last = case.amend(link, note=str(rest[1]))
                    elif what == "code":
                        _, last = case.amend(link, code=str(rest[1]))
                    elif what == "decide":
                        _, last = case.decide(link, Verdict(rest[1]))
                    else:
                        _, last = case.answer(link, f"{by} answers")
            except EvidenceError:
                last = None  # what is refused is no edit


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
    _tagged: Path, ours: list[tuple[object, ...]], theirs: list[tuple[object, ...]]
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
    _tagged: Path, edits: list[tuple[object, ...]], ann: list[tuple[int, Verdict, bool]],
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
