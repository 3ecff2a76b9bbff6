"""What is shown of a pack before it is made: its very pages, in files that nobody else can see."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError, Unwritable
from cambs_evidence.model import PackOptions, PackPreview, Polarity
from cambs_evidence.pack import preview as previewing
from cambs_evidence.previews import Previews, clear_left
from tests.core.pack.conftest import DATE, build
from tests.support import assert_plain, children, until

_NONE = PackOptions(date=DATE, annex="none")
_CITED = PackOptions(date=DATE, annex="cited")


def _made(steps: Iterator[object]) -> list[PackPreview]:
    return [each for each in steps if isinstance(each, PackPreview)]


def _pictures(path: Path) -> list[bytes]:
    """What each page looks like, at 36 dots to the inch."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.render(scale=0.5).to_numpy().tobytes() for page in document]
    finally:
        document.close()


@pytest.mark.parametrize(("annex", "crops"), [("none", False), ("cited", True)])
def test_a_preview_shows_the_very_pages_of_the_pack(
    sample: Case, tmp_path: Path, annex: str, crops: bool
) -> None:
    options = PackOptions(date=DATE, annex=annex, crops=crops, sections=(1, 4, 5, 12))
    pack = tmp_path / "pack.pdf"
    result = build(sample, pack, options)
    first, *more = _made(sample.preview_pack(tmp_path, options, whole=False))
    told = _pictures(pack)
    sketch = _pictures(tmp_path / first.name)
    assert (first.pages, first.excerpts) == (result.pages, result.excerpts) == (len(told), 16)
    assert len(more) == (annex != "none") == first.unfinished
    # What is told to be left out, and nothing else, differs from the pack.
    others = {n for n, (ours, its) in enumerate(zip(sketch, told, strict=True)) if ours != its}
    assert others == first.left_out | first.unpainted
    assert bool(first.unpainted) is crops
    if more:
        assert _pictures(tmp_path / more[0].name) == told
        assert more[0].left_out | more[0].unpainted == frozenset()


def test_many_pages_of_documents_are_shown_only_where_they_are_asked_for(
    sample: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST", 3)
    (alone,) = _made(sample.preview_pack(tmp_path, _CITED, whole=False))
    assert not alone.unfinished
    assert len(alone.left_out) == 17
    _, whole = _made(sample.preview_pack(tmp_path, _CITED, whole=True))
    assert whole.left_out == frozenset()


@pytest.mark.parametrize("room", [100_000, 400_000])
def test_where_there_is_no_room_nobody_is_told_of_a_file_that_they_never_named(
    sample: Case, tmp_path: Path, room: int
) -> None:
    """A limit on the size of files stands for the full disk: the system refuses the same way."""
    resource = pytest.importorskip("resource", reason="such limits are of POSIX systems")
    folder = tmp_path / "previews"
    folder.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(Unwritable) as error:
            list(sample.preview_pack(folder, _CITED, whole=True))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert_plain(error.value.reason)
    assert error.value.reason.startswith(f"The preview cannot be kept in {tmp_path};")
    # What was shown already may be looked at; of what did not become whole nothing is left.
    assert all(_pictures(each) for each in folder.iterdir())


def test_what_is_to_be_known_of_a_pack_is_told(sample: Case, tmp_path: Path) -> None:
    def remarks(options: PackOptions) -> tuple[str, ...]:
        return _made(sample.preview_pack(tmp_path, options, whole=False))[0].remarks

    told = remarks(_CITED)
    assert told[0].startswith("17 whole pages of 6 documents go with it.")
    assert told[1:] == ("Not signed off: sections 1–18.",)
    sample.sign_off(1, date="2025-04-01")
    sample.sign_off(4, date="2025-04-01")
    sample.set_facts(marking=None)
    told = remarks(_NONE)
    assert told == (
        "It bears no protective marking: “About this case” sets one.",
        "Not signed off: sections 2–3, 5–18.",
    )
    nothing = remarks(replace(_NONE, until="1990"))
    assert nothing[0].startswith("It holds no quotes")
    for each in (*told, *nothing):
        assert_plain(each)


def test_previews_lie_where_nobody_else_looks_and_go_when_they_are_done_with(
    sample: Case,
) -> None:
    assert until(lambda: not children())
    previews = Previews(sample.path, "officer")
    left = paths.previews() / "999999999-left"
    left.mkdir(parents=True)
    (first,) = _made(previews.build(_NONE))
    assert not left.exists()
    (folder,) = paths.previews().iterdir()
    if sys.platform != "win32":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / first.name).stat().st_mode) == 0o600
    previews.keep(first.name)
    (second,) = _made(previews.build(replace(_NONE, polarity=Polarity.STRENGTH)))
    assert second.excerpts < first.excerpts
    assert {each.name for each in folder.iterdir()} == {first.name, second.name}
    previews.keep(second.name)

    # The process stands ready: it is the same one, also after what was stopped or refused.
    (process,) = children()
    steps = previews.build(_CITED)
    next(each for each in steps if each is not None)
    steps.close()
    with pytest.raises(EvidenceError) as error:
        list(previews.build(replace(_NONE, sections=(99,))))
    assert_plain(error.value.reason)
    assert children() == {process}
    assert {each.name for each in folder.iterdir()} == {second.name}
    clear_left()  # this program is there still
    assert folder.exists()
    previews.close()
    assert not folder.exists()
    assert until(lambda: not children())
    assert _made(previews.build(_NONE)) == []
    previews.close()
