"""Settings: kept whole or not at all, and never in the way."""

from __future__ import annotations

import getpass
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cambs_evidence import paths, settings
from cambs_evidence.errors import Unwritable, WordsOff
from cambs_evidence.settings import Settings
from tests.support import assert_plain, beside


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))


def _keep(text: bytes) -> None:
    path = paths.settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


def test_without_settings_all_is_as_usual() -> None:
    assert settings.read() == Settings("", "system", "cited")
    assert settings.person() == getpass.getuser()
    assert not paths.settings_file().exists()


def test_what_is_written_is_read_again() -> None:
    chosen = Settings('Zoë 张 "Q" \\ O\'Hara', "dark", "none")
    settings.write(chosen)
    assert settings.read() == chosen
    assert settings.person() == chosen.name
    settings.write(Settings())
    assert settings.read() == Settings()
    assert beside(paths.settings_file()) == ["settings.toml"]


@given(name=st.text(st.characters(exclude_categories=["Cs"])))
@example("\x7f\x00\x1f\u2028\U0001f600\\")
def test_any_name_makes_a_file_of_the_format(name: str) -> None:
    settings.write(Settings(name))
    assert tomllib.loads(paths.settings_file().read_text(encoding="utf-8"))["name"] == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", Settings()),
        (b"\x00\xff\xfe", Settings()),
        (b"name = ", Settings()),
        (b"name = 5\ntheme = 'loud'\nannex = ['full']", Settings()),
        (b"name = ' Ann '\ntheme = 3", Settings("Ann")),
        (b"annex = 'full'\nof_a_later_version = 1", Settings(annex="full")),
        ("\ufeffname = 'Zoë'".encode(), Settings("Zoë")),
        (b"a = " + b"[" * 100_000, Settings()),
    ],
)
def test_settings_of_no_use_are_as_if_never_chosen(text: bytes, expected: Settings) -> None:
    _keep(text)
    assert settings.read() == expected


def test_settings_that_cannot_be_kept_are_told_and_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "settings").write_bytes(b"")  # a file where the folder should be
    with pytest.raises(Unwritable) as caught:
        settings.write(Settings("Ann"))
    assert_plain(caught.value.reason)


def test_a_name_that_no_file_can_hold_leaves_the_settings_as_they_are() -> None:
    settings.write(Settings("Ann"))
    with pytest.raises(WordsOff):
        settings.write(Settings("half \ud800 a pair"))
    assert settings.read() == Settings("Ann")
    assert beside(paths.settings_file()) == ["settings.toml"]


def test_a_name_of_spaces_is_none() -> None:
    settings.write(Settings("  "))
    assert settings.person() == settings.person(Settings("  ")) == getpass.getuser()
    assert settings.person(Settings(" Ann ")) == "Ann"


def test_the_window_and_the_sample_have_places_of_the_person() -> None:
    assert paths.state_file().parent == paths.settings_file().parent
    assert paths.state_file().name == "window.ini"
    assert paths.samples().name == "sample"
    assert "cambs-evidence" in paths.samples().parts
