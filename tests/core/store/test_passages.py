"""The extent of a passage: areas and tables kept with their pictures, and passages moved."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cambs_evidence.case import Case
from cambs_evidence.documents.intake import digest
from cambs_evidence.errors import EvidenceError, Refused, Unknown
from cambs_evidence.model import Anchor, Box, Change, Hold, Link, Polarity
from tests.support import ONCE_P1, ONCE_P2, assert_plain, edit, problems, rows

#: The first two lines of the report, and a place on its first page where nothing stands.
WORDS: Box = (60, 740, 540, 775)
EMPTY: Box = (60, 100, 300, 200)


def area(case: Case, box: Box = WORDS, page: int = 0) -> Anchor:
    return case.area(case.document("report.pdf"), page, box)


def tagged(case: Case, anchor: Anchor, code: str = "1.1") -> tuple[Link, Change]:
    document = case.document("report.pdf")
    return case.tag_anchor(document, anchor, case.target(code), Polarity.STRENGTH, note="why")


def blobs(path: Path) -> set[str]:
    return {row[0] for row in rows(path, "SELECT sha256 FROM blob")}


def passages(case: Case) -> list[tuple[Any, ...]]:
    with case._store.reading() as connection:
        return sorted(map(tuple, connection.exec_driver_sql("SELECT * FROM passage")))


# --- areas -----------------------------------------------------------------------------------


def test_an_area_is_kept_with_its_words_and_its_picture(case: Case) -> None:
    anchor = area(case)
    link, _ = tagged(case, anchor)
    assert link.passage.anchor.quote.startswith("Inspection of the county")
    (read,) = case.evidence()
    assert read.passage.anchor == anchor
    assert read.hold is Hold.EXACT
    assert read.passage.anchor.region is not None
    assert read.passage.anchor.region.picture == b""
    png = case.picture(link.passage.id)
    assert png == anchor.region.picture  # type: ignore[union-attr]
    assert digest(png) == read.passage.anchor.region.picture_sha256


def test_an_area_without_words_holds_by_its_document(case_path: Path) -> None:
    with Case.open(case_path, by="Tester") as case:
        link, _ = tagged(case, area(case, EMPTY))
        assert link.passage.anchor.quote == ""
        assert link.passage.paragraph is None
        assert [each.hold for each in case.evidence()] == [Hold.EXACT]
    edit(case_path, "UPDATE passage SET document_sha256 = ?", ("0" * 64,))
    with Case.open(case_path, by="Tester") as case:
        assert [each.hold for each in case.evidence()] == [Hold.LOST]


def test_the_same_area_twice_is_one_passage(case: Case) -> None:
    first, _ = tagged(case, area(case))
    second, change = tagged(case, area(case), "1.2")
    assert second.passage.id == first.passage.id
    assert [row.table for row in change.rows] == ["link"]
    with pytest.raises(Refused):
        tagged(case, area(case))


def test_another_box_round_the_same_words_is_another_passage(case: Case) -> None:
    first, _ = tagged(case, area(case))
    x0, y0, x1, y1 = WORDS
    wider, _ = tagged(case, area(case, (x0 - 4, y0, x1 + 4, y1)))
    assert wider.passage.anchor.quote == first.passage.anchor.quote
    text, _ = tagged(case, replace(first.passage.anchor, region=None))
    assert len({first.passage.id, wider.passage.id, text.passage.id}) == 3


def test_a_passage_read_from_the_case_can_be_tagged_once_more(case: Case) -> None:
    tagged(case, area(case))
    (read,) = case.evidence()
    again, _ = tagged(case, read.passage.anchor, "1.2")
    assert again.passage.id == read.passage.id


def test_a_picture_that_nobody_keeps_is_refused(case: Case) -> None:
    anchor = area(case)
    assert anchor.region is not None
    for wrong in (b"", b"another picture"):
        with pytest.raises(Refused) as told:
            tagged(case, replace(anchor, region=replace(anchor.region, picture=wrong)))
        assert_plain(told.value.reason)
    assert case.evidence() == []
    assert passages(case) == []


def test_the_log_never_holds_a_picture(case: Case) -> None:
    tagged(case, area(case))
    (event,) = [each for each in case.events() if each.what == "tag 1.1"]
    (_, _, row), _ = json.loads(event.after)
    assert set(json.loads(row["region"])) == {"kind", "box", "cells", "picture"}
    assert len(event.after) < 4000


def test_pictures_that_no_passage_holds_are_gone_once_the_case_is_closed(case_path: Path) -> None:
    before = blobs(case_path)
    with Case.open(case_path, by="Tester") as case:
        kept, _ = tagged(case, area(case))
        gone, _ = tagged(case, area(case, EMPTY))
        change = case.untag(gone.id)
        case.revert(change)
        assert case.picture(gone.passage.id)  # undo within the session brings it back
        case.untag(gone.id)
    held = kept.passage.anchor.region
    assert held is not None
    assert blobs(case_path) == before | {held.picture_sha256}
    assert problems(case_path) == []


def test_documents_removed_take_their_pictures_along(case_path: Path) -> None:
    with Case.open(case_path, by="Tester") as case:
        tagged(case, area(case))
        case.remove(case.document("report.pdf"), with_links=True)
    owned = "SELECT sha256 FROM document UNION SELECT rendition_sha256 FROM document"
    assert blobs(case_path) == {row[0] for row in rows(case_path, owned)} - {None}


def test_a_text_passage_has_no_picture(case: Case) -> None:
    link, _ = case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    for key in (link.passage.id, "nothing"):
        with pytest.raises(Unknown) as told:
            case.picture(key)
        assert_plain(told.value.reason)


# --- moving ----------------------------------------------------------------------------------


def moved_to(case: Case, quote: str) -> Anchor:
    document = case.document("report.pdf")
    return case.anchor(document, case.find(document, quote))


def test_a_moved_passage_keeps_its_links(case: Case) -> None:
    link, _ = case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH, note="n")
    case.tag(case.document("report.pdf"), ONCE_P1, "1.2", Polarity.NEUTRAL)
    before = case.evidence()
    change = case.move_passage(link.passage.id, moved_to(case, ONCE_P2))
    after = case.evidence()
    assert [(e.id, e.by, e.at, e.code, e.note, e.passage.id) for e in after] == [
        (e.id, e.by, e.at, e.code, e.note, e.passage.id) for e in before
    ]
    for each in after:
        assert each.passage.anchor == moved_to(case, ONCE_P2)
        assert (each.passage.page, each.passage.page_end) == (1, 1)
        assert each.hold is Hold.EXACT
    assert [row.table for row in change.rows] == ["passage"]
    assert case.events()[-1].what == "move passage"
    assert case.log_is_intact()
    assert {each.id for each in case.links_of_passages([link.passage.id])} == {
        each.id for each in before
    }


def test_a_move_is_undone_and_done_again_exactly(case: Case) -> None:
    link, _ = tagged(case, area(case))
    before = passages(case)
    change = case.move_passage(link.passage.id, moved_to(case, ONCE_P2))
    after = passages(case)
    assert after != before
    back = case.revert(change)
    assert passages(case) == before
    assert case.picture(link.passage.id)
    case.revert(back)
    assert passages(case) == after


def test_an_area_is_moved_to_another_area(case: Case) -> None:
    link, _ = tagged(case, area(case))
    case.move_passage(link.passage.id, area(case, EMPTY, page=1))
    (read,) = case.evidence()
    assert read.passage.anchor == area(case, EMPTY, page=1)
    assert case.picture(read.passage.id) == area(case, EMPTY, page=1).region.picture  # type: ignore[union-attr]


def test_a_move_to_where_it_stands_changes_nothing(case: Case) -> None:
    link, _ = tagged(case, area(case))
    count = len(case.events())
    assert case.move_passage(link.passage.id, area(case)).rows == ()
    assert len(case.events()) == count


def test_what_cannot_be_moved_is_refused_in_one_sentence(case: Case) -> None:
    link, _ = case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    case.tag(case.document("report.pdf"), ONCE_P2, "1.1", Polarity.STRENGTH)
    letter = case.document("letter.txt")
    other = case.anchor(letter, case.find(letter, "naïve"))
    before, count = passages(case), len(case.events())
    for key, anchor, kind in (
        (link.passage.id, moved_to(case, ONCE_P2), Refused),
        (link.passage.id, other, Refused),
        ("no such passage", moved_to(case, ONCE_P1), Unknown),
    ):
        with pytest.raises(EvidenceError) as told:
            case.move_passage(key, anchor)
        assert type(told.value) is kind
        assert_plain(told.value.reason)
    assert passages(case) == before
    assert len(case.events()) == count


def test_a_move_is_not_undone_onto_another_passage(case: Case) -> None:
    link, _ = case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    change = case.move_passage(link.passage.id, moved_to(case, ONCE_P2))
    case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    with pytest.raises(Refused):
        case.revert(change)


# --- soundness and older cases ---------------------------------------------------------------


_PICTURE = "sha256 IN (SELECT json_extract(region, '$.picture') FROM passage)"


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (f"UPDATE blob SET data = x'00' WHERE {_PICTURE}", "picture"),
        (f"DELETE FROM blob WHERE {_PICTURE}", "picture"),
        ("UPDATE passage SET region = json_set(region, '$.box[1]', 700.0)", "part of its page"),
        ("UPDATE passage SET region = json_set(region, '$.kind', 'piece')", "part of its page"),
    ],
)
def test_a_check_finds_what_was_done_to_an_area(case_path: Path, harm: str, what: str) -> None:
    with Case.open(case_path, by="Tester") as case:
        tagged(case, area(case))
    assert problems(case_path) == []
    edit(case_path, harm)
    (found,) = problems(case_path)
    assert what in found


def test_an_older_cases_passages_are_kept_and_have_no_region(case_path: Path) -> None:
    with Case.open(case_path, by="Tester") as case:
        link, _ = case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    with closing(sqlite3.connect(case_path)) as raw:
        for table, column in (
            ("passage", "region"), ("passage", "rehold"), ("document", "identity"),
            ("document", "version"), ("document", "replaced_by"), ("document", "period"),
            ("criterion", "not_applicable"),
        ):  # fmt: skip
            raw.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        for table in ("judgement", "action", "narrative", "decision", "message", "finding",
                      "sign_off", "bundle"):  # fmt: skip
            raw.execute(f"DROP TABLE {table}")
        raw.execute("UPDATE alembic_version SET version_num = '0002'")
        raw.execute("PRAGMA user_version=2")
        raw.commit()
    with Case.open(case_path, by="Tester") as case:
        (read,) = case.evidence()
        assert read.id == link.id
        assert read.passage.anchor == link.passage.anchor
        tagged(case, area(case))
    assert case_path.with_name("case.version-2.cambs").exists()
    assert problems(case_path) == []
