"""Packs for everyone and for keeping: PDF/UA-1 and PDF/A-2b, marked so and true."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
import pytest

from cambs_evidence.case import Case, verify_pack
from cambs_evidence.model import PackOptions, Verification
from cambs_evidence.pack.structure import text_string

from .conftest import DATE, SAMPLE, build
from .standards import failures
from .test_pictures import drawn  # noqa: F401 - a fixture

MODES = ("none", "pictures")
DOCUMENTS = SAMPLE / "documents"
JARS = Path("/usr/share/java")
PREFLIGHT = [JARS / f"{name}.jar" for name in (
    "preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-io", "commons-logging", "jaxb-api",
    "javax.activation",
)]  # fmt: skip


@pytest.fixture(scope="session")
def packs(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Packs of the sample case that hold to the standards, by their annex; not to be changed."""
    folder = tmp_path_factory.mktemp("standards")
    with Case.open(sample_file, by="officer", readonly=True) as case:
        for mode in MODES:
            build(case, folder / f"{mode}.pdf", PackOptions(date=DATE, annex=mode))
    return {mode: folder / f"{mode}.pdf" for mode in MODES}


@pytest.fixture(scope="session")
def small(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of two sections with pictures of pages; not to be changed."""
    path = tmp_path_factory.mktemp("small") / "small.pdf"
    options = PackOptions(date=DATE, annex="pictures", sections=(1, 18))
    with Case.open(sample_file, by="officer", readonly=True) as case:
        build(case, path, options)
    return path


@pytest.mark.parametrize("mode", MODES)
def test_a_machine_finds_nothing_wrong(packs: dict[str, Path], mode: str) -> None:
    assert failures(packs[mode]) == []


def test_figures_of_areas_and_tables_hold_to_the_standards_too(
    drawn: tuple[Path, Path, Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    path = tmp_path / "pack.pdf"
    with Case.open(drawn[0], by="officer", readonly=True) as case:
        build(case, path, PackOptions(date=DATE, annex="pictures", sections=(1,)))
    assert failures(path) == []


def test_the_usual_pack_bears_no_mark_and_is_tagged_all_the_same(sample_pack: Path) -> None:
    with pikepdf.open(sample_pack) as document:
        packet = document.Root.Metadata.read_bytes()
        assert b"pdfaid" not in packet
        assert b"pdfuaid" not in packet
        assert "/OutputIntents" not in document.Root
    wrong = [each for each in failures(sample_pack) if each.startswith("UA")]
    # Fonts are those of the sources.
    assert [each for each in wrong if not each.startswith("UA 10-001")] == [
        "UA 06-002 not said to be PDF/UA-1"
    ]


def _figure(document: pikepdf.Pdf) -> Any:
    return _tagged(document, "/Figure")


def _tagged(document: pikepdf.Pdf, role: str) -> Any:
    return next(
        each
        for each in document.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/S") == role and "/P" in each
    )


def _content(document: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    page = document.pages[0]
    page.contents_coalesce()
    data = page.Contents.read_bytes()
    assert old in data
    page.Contents = document.make_stream(data.replace(old, new, 1))


def _font(document: pikepdf.Pdf) -> Any:
    return next(iter(document.pages[0].Resources.Font.values()))


def _packet(document: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    document.Root.Metadata.write(document.Root.Metadata.read_bytes().replace(old, new))


def _link(document: pikepdf.Pdf) -> Any:
    return next(each for page in document.pages for each in page.get("/Annots", []))


DAMAGE: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "UA 01-005": lambda d: _content(d, b"/Artifact <</Type /Pagination>> BDC", b"/Span BMC"),
    "UA 07-001": lambda d: d.Root.ViewerPreferences.__delitem__("/DisplayDocTitle"),
    "UA 11-006": lambda d: d.Root.__delitem__("/Lang"),
    "UA 13-004": lambda d: _figure(d).__delitem__("/Alt"),
    "UA 14-003": lambda d: _tagged(d, "/H2").__setitem__("/S", pikepdf.Name.H4),
    "UA 15-003": lambda d: _tagged(d, "/TH").__delitem__("/A"),
    "UA 09-004": lambda d: _tagged(d, "/TR").__setitem__("/S", pikepdf.Name.P),
    "UA 28-009": lambda d: [page.obj.__delitem__("/Tabs") for page in d.pages],
    "UA 28-011": lambda d: _tagged(d, "/Link").__setitem__("/S", pikepdf.Name.Span),
    "UA 28-012": lambda d: _link(d).__delitem__("/Contents"),
    "UA tree": lambda d: _content(d, b"/MCID 0", b"/MCID 900"),
    "UA 10-001": lambda d: _font(d).__delitem__("/ToUnicode"),
    "A 6.2.11.4": lambda d: _font(d).FontDescriptor.__delitem__("/FontFile2"),
    "A 6.2.11.5": lambda d: _font(d).__setitem__("/Widths", [1] * 128),
    "A 6.2.3": lambda d: d.Root.__delitem__("/OutputIntents"),
    "A 6.2.4.3": lambda d: _content(d, b" rg", b" 0 k"),
    "A 6.3.2": lambda d: _link(d).__setitem__("/F", 0),
    "A 6.5": lambda d: d.Root.__setitem__(
        "/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")
    ),
    "A 6.6.3": lambda d: d.docinfo.__setitem__("/Title", "Another"),
    "A 6.6.4": lambda d: _packet(d, b"<pdfaid:part>2", b"<pdfaid:part>9"),
    "A 6.8": lambda d: d.attachments.__setitem__("x", b"y"),
}


def test_the_checker_finds_what_is_wrong(small: Path, tmp_path: Path) -> None:
    assert failures(small) == []
    damaged = tmp_path / "damaged.pdf"
    for name, damage in DAMAGE.items():
        with pikepdf.open(small) as document:
            damage(document)
            document.save(damaged, min_version="1.7")
        assert any(each.startswith(name) for each in failures(damaged)), name


def test_other_programs_find_nothing_wrong(small: Path) -> None:
    tools = [("qpdf", "--check"), ("pdffonts",), ("pdfinfo", "-struct")]
    if not all(shutil.which(tool) for tool, *_ in tools):
        pytest.skip("qpdf and poppler are not installed")
    said = {}
    for tool in tools:
        ran = subprocess.run([*tool, str(small)], capture_output=True, check=True)
        assert ran.stderr == b""
        said[tool[0]] = ran.stdout.decode()
    fonts = [line.split() for line in said["pdffonts"].splitlines()[2:]]
    assert fonts
    assert all(line[-5:-2] == ["yes", "yes", "yes"] for line in fonts)  # embedded, subset, Unicode
    assert said["pdfinfo"].startswith("Document\n")


def test_preflight_finds_nothing_wrong(small: Path, tmp_path: Path) -> None:
    """PDFBox knows PDF/A-1 alone: what that forbids and PDF/A-2 allows is taken out first."""
    if not (shutil.which("java") and all(jar.exists() for jar in PREFLIGHT)):
        pytest.skip("PDFBox is not installed")
    older = tmp_path / "older.pdf"
    with pikepdf.open(small) as document:
        _packet(document, b"<pdfaid:part>2", b"<pdfaid:part>1")
        for page in document.pages:
            for state in page.Resources.get("/ExtGState", pikepdf.Dictionary()).values():
                state.BM = pikepdf.Name.Normal
        plain = pikepdf.ObjectStreamMode.disable
        document.save(older, object_stream_mode=plain, force_version="1.4")
    words = ["-cp", ":".join(map(str, PREFLIGHT)), "org.apache.pdfbox.preflight.Validator_A1b"]
    ran = subprocess.run(["java", *words, str(older)], capture_output=True, text=True, check=False)  # noqa: S607
    assert "is a valid PDF/A-1b file" in ran.stdout, ran.stdout + ran.stderr


def test_pages_are_pictures_with_their_words_in_their_place(
    packs: dict[str, Path], sample: Case
) -> None:
    with pikepdf.open(packs["pictures"]) as document:
        told = [
            str(each.Alt)
            for each in document.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
            if not str(each.Alt).startswith("Coverage of")
        ]
        sheets = [
            page for page in document.pages if "/Source" in page.Resources.get("/XObject", {})
        ]
        assert all(page.Resources.XObject["/Source"].Subtype == "/Image" for page in sheets)
    cited = {
        (link.passage.document_id, span.page)
        for link in sample.evidence()
        for span in link.passage.anchor.spans
    }
    assert len(sheets) == len(told) == len(cited)
    words = " ".join(" ".join(told).split())
    for link in sample.evidence():
        assert " ".join(link.passage.anchor.quote.split())[:30] in words


def _shades(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """How light it is in fields of six by six pixels."""
    down, across = (6 * (size // 6) for size in pixels.shape[:2])
    grey = pixels[:down, :across].mean(axis=2)
    return grey.reshape(down // 6, 6, across // 6, 6).mean(axis=(1, 3))


def test_a_picture_of_a_page_shows_the_page(packs: dict[str, Path], sample_pack: Path) -> None:
    """The sheets of the annex look as those that carry the pages themselves."""
    one, other = (pypdfium2.PdfDocument(path) for path in (packs["pictures"], sample_pack))
    for number in (len(one) - 1, len(one) - 9):
        shades = [_shades(each[number].render(scale=1).to_numpy()) for each in (one, other)]
        assert abs(shades[0] - shades[1]).max() < 40  # a line of text that is elsewhere makes 90
        assert shades[0].min() < 150
    one.close()
    other.close()


@pytest.mark.parametrize("mode", MODES)
def test_the_same_case_gives_the_same_bytes(
    packs: dict[str, Path], mode: str, sample: Case, tmp_path: Path
) -> None:
    build(sample, tmp_path / "again.pdf", PackOptions(date=DATE, annex=mode))
    assert (tmp_path / "again.pdf").read_bytes() == packs[mode].read_bytes()


def test_such_packs_are_verified_like_any_other(packs: dict[str, Path], sample_file: Path) -> None:
    for mode, proof in (("none", {"case": sample_file}), ("pictures", {"sources": DOCUMENTS})):
        result = list(verify_pack(packs[mode], by="officer", **proof))[-1]
        assert isinstance(result, Verification)
        assert result.verified == result.excerpts > 0
        assert not result.failures


def test_a_changed_manifest_that_is_no_attachment_is_found(
    packs: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "changed.pdf"
    with pikepdf.open(packs["none"]) as document:
        private = document.Root.PieceInfo["/CambsEvidence"].Private
        told = private.read_bytes().decode()
        changed, count = re.subn("Political support", "Political supporr", told, count=1)
        assert count == 1
        private.write(changed.encode())
        document.save(path)
    result = list(verify_pack(path, by="officer", sources=DOCUMENTS))[-1]
    assert isinstance(result, Verification)
    of_the_quote, of_the_manifest = sorted(result.failures, key=lambda each: not each.link)
    assert of_the_quote.quote.startswith("Political supporr")
    assert "manifest" in of_the_manifest.reason


def test_words_of_any_kind_and_length_make_a_string_that_a_file_may_hold() -> None:
    assert text_string("a (b) \\") == r"(a \(b\) \\)"
    assert text_string("Ö\ue000\x02\ud800") == f"<feff{'Ö   '.encode('utf-16-be').hex()}>"
    for words in ("é" * 40_000, "\U0001f600" * 20_000):
        told = bytes.fromhex(text_string(words)[1:-1])
        assert len(told) <= 32_767
        assert told.decode("utf-16").endswith(f"{words[0]}…")
