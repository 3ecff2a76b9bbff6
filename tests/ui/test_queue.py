"""The queue of the review, kept up link by link, against the one that is put together anew."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cambs_evidence.case import Case
from cambs_evidence.model import Link, Polarity
from cambs_evidence.review import Decision, Remark, Review, Stand, Verdict
from tests.support import IN_LETTER, IN_NOTES, ONCE_P1, ONCE_P2, ONCE_P3
from ui.held import Held, load
from ui.models.queue import ALL, CHANGED, KINDS, MISSING, SAMPLE, QueueModel, Wanted
from ui.models.standing import Remarked
from ui.session import Session


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory, _prepared: Path) -> tuple[Held, list[Link]]:
    """What a case holds, and many links of it that have been made."""
    path = Path(shutil.copyfile(_prepared, tmp_path_factory.mktemp("queue") / "queue.cambs"))
    with Case.open(path, by="Tester") as case:
        for words, name in (
            (ONCE_P1, "report.pdf"), (ONCE_P2, "report.pdf"), (ONCE_P3, "report.pdf"),
            (IN_LETTER, "letter.txt"), (IN_NOTES, "notes.md"),
        ):  # fmt: skip
            for code in ("1.1", "2.1", "12.4", "18"):
                case.tag(case.document(name), words, code, Polarity.STRENGTH)
        held = load(case)
    return held, list(held.links.values())


_ACTS = some.lists(
    some.tuples(
        some.sampled_from(["tag", "untag", "amend", "decide", "unsay", "want"]),
        some.integers(0, 19),
        some.integers(0, 8),
        some.booleans(),
    ),
    max_size=40,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=_ACTS)
def test_lines_and_counts_kept_up_one_by_one_are_those_of_a_queue_made_anew(
    session: Session, links: tuple[Held, list[Link]], acts: Sequence[tuple[str, int, int, bool]]
) -> None:
    held, known = links
    present = {link.id: link for link in known[:10]}
    session.held = replace(held, links=present, reviews={})
    sample = frozenset(link.id for link in known[::3])
    model = QueueModel(session, "A")
    model.sample = sample
    model.again(None)
    said = Remarked(session)
    heard: list[int] = []
    model.modelReset.connect(lambda: heard.append(-1))
    codes = [each.code for each in held.framework.sections[1].criteria]
    for what, one, other, flag in acts:
        key = known[one].id
        if what == "tag":
            present[key] = known[one]
        elif what == "untag":
            present.pop(key, None)
            session.held.reviews.pop(key, None)
        elif what == "amend" and key in present:
            present[key] = replace(
                present[key], code=codes[other % len(codes)], note=f"note {other}",
                section_id=held.framework.sections[1].id,
            )  # fmt: skip
        elif what == "decide":
            session.held.reviews[key] = _said(key, list(Verdict)[other % 3], outdated=flag)
        elif what == "unsay":
            session.held.reviews.pop(key, None)
        elif what == "want":
            kind = [ALL, "open", "accepted", "queried", CHANGED, SAMPLE, "conflicting"][other % 7]
            model.choose(Wanted(kind, 1 if flag else None))
            heard.clear()
        model.again([key], [key])
        assert not heard  # never all over again for one
        said.take([key])
        reviews = session.held.reviews.values()
        assert said.waiting == sum(each.waits for each in reviews)
        for stand in Stand:
            assert said.count(stand) == sum(each.stand is stand for each in reviews)
        anew = QueueModel(session, "A")
        anew.sample = sample
        anew.wanted = model.wanted
        anew.again(None)
        assert _lines(model) == _lines(anew)
        assert model.counts() == anew.counts()
        assert model.decided() == anew.decided()
        assert [model.place(each.id) for each in known] == [anew.place(each.id) for each in known]
        for each in (*known, None):
            key = each.id if each is not None else None
            for is_open in (True, False):
                assert model.after(key, is_open=is_open) == _after(anew, key, is_open=is_open)
        for code in ("1.1", "18", *codes):
            there = [each for each in anew._standing.ordered if each.code == code]
            assert model.of_code(code) == there
        anew.deleteLater()
    model.deleteLater()


def _after(model: QueueModel, key: str | None, *, is_open: bool) -> object:
    """The next line, sought through all of them."""
    rows = [model.row(n) for n in range(model.rowCount())]
    here = next((n for n, each in enumerate(rows) if each is not None and each.id == key), -1)
    round_ = [*rows[here + 1 :], *rows[: max(here, 0)]]
    wanted = [x for x in round_ if isinstance(x, Link)]
    return next((x for x in wanted if not is_open or model.stand(x.id) is Stand.OPEN), None)


def _lines(model: QueueModel) -> list[object]:
    return [(model.row(n), model.data(model.index(n))) for n in range(model.rowCount())]


def _said(key: str, verdict: Verdict, *, outdated: bool) -> Review:
    decision = Decision(f"d {key}", key, verdict, None, False, "state", "A", "2024-01-01")
    remark = Remark(decision.id, "A", "2024-01-01", verdict, "")
    return Review(key, (decision,), (remark,), ("A",) if outdated else ())


def test_after_the_last_line_comes_the_first_and_what_is_open_is_found(
    session: Session, links: tuple[Held, list[Link]]
) -> None:
    held, known = links
    session.held = replace(held, links={link.id: link for link in known}, reviews={})
    model = QueueModel(session, "A")
    assert model.after(None, is_open=True) is None
    model.again(None)
    rows = [model.row(n) for n in range(model.rowCount())]
    assert rows == known
    assert model.after(known[-1].id, is_open=False) == known[0]
    for link in known[:-2]:
        session.held.reviews[link.id] = _said(link.id, Verdict.ACCEPT, outdated=False)
    model.again((), [link.id for link in known])
    assert model.after(known[3].id, is_open=True) == known[-2]
    assert model.after(known[-1].id, is_open=True) == known[-2]
    model.choose(Wanted(MISSING))
    assert (model.rowCount(), model.place(known[0].id), model.counts()[MISSING]) == (0, -1, 0)
    assert set(model.counts()) == set(KINDS)
