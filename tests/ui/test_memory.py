"""What the window remembers, and what it makes of rubbish."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cambs_evidence import paths
from ui.memory import Memory, Place, Side, is_there
from ui.theme import plain
from ui.viewer.trail import Stand

PLACE = Place(
    (Side(("a", "b"), "b", "width"), Side(("c",), "c", "1.2500")), 1,
    {"a": Stand(12, 0.25), "c": Stand(3, -0.01, 90)},
)  # fmt: skip


def test_a_place_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    case = tmp_path / "a case, with signs & spaces.cambs"
    memory = Memory()
    memory.set_place(case, PLACE)
    memory.save()
    assert Memory().place(case) == PLACE
    assert Memory().place(tmp_path / "another.cambs") is None


def test_of_thousands_of_documents_those_left_last_are_remembered(tmp_path: Path) -> None:
    stands = {f"document {n}": Stand(n, 0.5) for n in range(3000)}
    memory = Memory()
    memory.set_place(tmp_path / "x.cambs", Place((Side((), ""),), 0, stands))
    kept = memory.place(tmp_path / "x.cambs")
    assert kept is not None
    assert list(kept.stands) == list(stands)[-len(kept.stands) :]
    assert 100 < len(kept.stands) < 1000


def _told(**others: object) -> str:
    told: dict[str, object] = {
        "sides": [{"tabs": ["a"], "shown": "a", "zoom": "width"}], "active": 0,
        "stands": {"a": [1, 0.5, 0]},
    }  # fmt: skip
    return json.dumps(told | others)


@pytest.mark.parametrize(
    "told",
    ["", "document\t12\t0.25\twidth", "[]", "7", "{}", "[" * 5000, _told(active=1),
     _told(active="x"), _told(sides=[]), _told(sides=[{}]), _told(sides={"a": 1}),
     _told(sides=[{"tabs": "a", "shown": "a", "zoom": "width"}]),
     _told(sides=[{"tabs": [], "shown": "a", "zoom": "abc"}]),
     _told(sides=[{"tabs": [], "shown": "a", "zoom": "nan"}]),
     _told(sides=[{"tabs": [], "shown": "a", "zoom": 0}]), _told(stands=[1]),
     _told(stands={"a": [1, 0.5]}), _told(stands={"a": [-1, 0, 0]}),
     _told(stands={"a": [1, float("nan"), 0]}), _told(stands={"a": [1, float("inf"), 0]}),
     _told(stands={"a": [1, 0.5, 45]}), _told(stands={"a": [1, 1e300, 0]})],
)  # fmt: skip
def test_a_place_that_cannot_be_is_none(tmp_path: Path, told: str) -> None:
    case = tmp_path / "x.cambs"
    memory = Memory()
    memory.set_place(case, PLACE)
    key = next(key for key in memory._kept.allKeys() if key.startswith("places/"))
    memory._kept.setValue(key, told)
    assert memory.place(case) is None


def test_what_is_told_as_it_should_be_is_a_place(tmp_path: Path) -> None:
    memory = Memory()
    memory.set_place(tmp_path / "x.cambs", PLACE)
    key = next(key for key in memory._kept.allKeys() if key.startswith("places/"))
    memory._kept.setValue(key, _told())
    assert memory.place(tmp_path / "x.cambs") == Place(
        (Side(("a",), "a"),), 0, {"a": Stand(1, 0.5)}
    )


def test_a_file_of_rubbish_is_as_good_as_none() -> None:
    path = paths.state_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"[General]\nrecent=@Size(1 2)\nlast=\x00\xff\ngeometry=7\n\x00\x01[[[")
    memory = Memory()
    assert memory.recent() == []
    assert memory.last is None
    assert memory.layout() is None


def test_what_cannot_be_looked_at_is_not_there(tmp_path: Path) -> None:
    assert is_there(tmp_path)
    assert not is_there(tmp_path / "nothing")
    assert not is_there(Path("x" * 5000))
    assert not is_there(Path("a\0b"))


def test_words_that_look_like_markup_are_shown_as_they_are() -> None:
    assert plain("Tom & Jerry, 5 > 3") == "Tom & Jerry, 5 > 3"
    shown = plain('<img src="file:///x">\nsecond line')
    assert "<img" not in shown
    assert "&lt;img src=" in shown
    assert "<br>" in shown
