"""What the window remembers, and what it makes of rubbish."""

from __future__ import annotations

from pathlib import Path

import pytest

from cambs_evidence import paths
from ui.memory import Memory, Place, is_there
from ui.theme import plain


def test_a_place_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    case = tmp_path / "a case, with signs & spaces.cambs"
    kept = Place("document", 12, 0.25, "width")
    memory = Memory()
    memory.set_place(case, kept)
    memory.save()
    assert Memory().place(case) == kept
    assert Memory().place(tmp_path / "another.cambs") is None


@pytest.mark.parametrize(
    "told",
    ["", "document", "document\tx\t0\twidth", "document\t-1\t0\twidth", "document\t0\tnan\twidth",
     "document\t0\tinf\twidth", "document\t0\t1e300\twidth", "document\t0\t0\tabc",
     "document\t0\t0\tnan", "document\t0\t0\t0", "document\t0\t0\twidth\tmore"],
)  # fmt: skip
def test_a_place_that_cannot_be_is_none(tmp_path: Path, told: str) -> None:
    case = tmp_path / "x.cambs"
    memory = Memory()
    memory.set_place(case, Place("document", 0, 0.0, "page"))
    key = next(key for key in memory._kept.allKeys() if key.startswith("places/"))
    memory._kept.setValue(key, told)
    assert memory.place(case) is None


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
