"""What must not get into a pack from its sources: what acts, leads out, tells, or is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.case import Case
from cambs_evidence.model import PackOptions, Polarity

from .conftest import DATE, build
from .scan import unwanted

QUOTE = "Every child has a plan."
#: Who made what on whose machine with what, in every place that a PDF has for it.
PERSON = "Eve Adversary"


def hostile(path: Path) -> Path:
    """A page with a quote, and with whatever else a page can carry along."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setAuthor(PERSON)
    canvas.drawString(80, 740, QUOTE)
    canvas.showPage()
    canvas.save()
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        _fill(document)
        document.save(path)
    return path


def _fill(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    root = document.Root
    script = document.make_indirect(Dictionary(S=Name.JavaScript, JS=f"app.alert('{PERSON}')"))
    told = document.make_stream(f"<x>{PERSON}</x>".encode(), Type=Name.Metadata, Subtype=Name.XML)
    piece = Dictionary(Word=Dictionary(LastModified="D:2020", Private=PERSON))
    root.OpenAction = script
    root.AA = Dictionary(WC=script)
    root.Metadata = told
    root.Names = Dictionary(JavaScript=Dictionary(Names=["x", script]))
    document.attachments["evil.bin"] = b"payload"
    inner = document.make_stream(
        b"0 0 10 10 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 10, 10],
        Metadata=told, PieceInfo=piece, OPI=Dictionary(), AA=Dictionary(O=script),
        Ref=Dictionary(F="/home/eve/other.pdf", Page=0), StructParents=7,
    )  # fmt: skip
    outside = document.make_stream(
        b"", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8,
        ColorSpace=Name.DeviceGray, F="/home/eve/secret.png",
    )  # fmt: skip
    printer = document.make_stream(b"(x) print", Type=Name.XObject, Subtype=Name.PS)
    picture = document.make_stream(
        b"\x80", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8,
        ColorSpace=Name.DeviceGray, Metadata=told, Alternates=[Dictionary(Image=outside)],
    )  # fmt: skip
    hidden, shown = (
        document.make_indirect(
            Dictionary(
                Type=Name.OCG, Name=name, Usage=Dictionary(CreatorInfo=Dictionary(Creator=PERSON))
            )
        )
        for name in ("Secret", "Plain")
    )
    root.OCProperties = Dictionary(OCGs=[hidden, shown], D=Dictionary(OFF=[hidden]))
    resources = page.Resources
    # A name of the page's own may be that of an entry which must go.
    resources.XObject = Dictionary(A=inner, JS=outside, PS=printer, Im=picture)
    resources.Properties = Dictionary(Hidden=hidden, Shown=shown)
    page.contents_add(
        b"q 1 0 0 1 80 600 cm /A Do /JS Do /PS Do /Im Do Q\n"
        b"/OC /Hidden BDC 1 0 0 rg 80 300 200 100 re f EMC\n"
        b"/OC /Shown BDC 0 0 1 rg 80 450 200 100 re f EMC\n"
    )
    page.AA = Dictionary(O=script)
    page.Metadata = told
    page.PieceInfo = piece
    notes = list(_notes(document, script))
    page.obj.Annots = document.make_indirect(Array(notes))
    fields = [each for each in notes if each.Subtype == "/Widget"]
    root.AcroForm = Dictionary(Fields=fields, XFA=f"<xdp>{PERSON}</xdp>", NeedAppearances=True)


def _notes(document: pikepdf.Pdf, script: Any) -> Iterator[Any]:
    actions = [
        script,
        Dictionary(S=Name.Launch, F="calc.exe"),
        Dictionary(S=Name.URI, URI="javascript:alert(1)"),
        Dictionary(S=Name.URI, URI="https://example.org/?who=eve"),
        Dictionary(S=Name.GoToR, F="/home/eve/other.pdf", D=[0, Name.Fit]),
        Dictionary(S=Name.SubmitForm, F="https://example.org"),
        Dictionary(S=Name.Named, N=Name.Print),
        Dictionary(S=Name.GoToE, T=Dictionary(R=Name.C, N="evil.bin"), D=[0, Name.Fit]),
        Dictionary(S=Name.ImportData, F="/home/eve/data.fdf"),
        Dictionary(S=Name.Rendition, OP=0, JS=f"app.alert('{PERSON}')"),
    ]
    for kind in ("Link", "Widget", "RichMedia", "Screen", "Sound", "Movie", "FileAttachment"):
        for action in actions:
            yield document.make_indirect(
                Dictionary(
                    Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=[0, 0, 90, 90], A=action, F=4,
                    AA=Dictionary(E=action), T=PERSON, Contents="",
                )
            )  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "case.cambs"
    with Case.create(path, by="officer") as made:
        list(made.import_files([hostile(folder / "hostile.pdf")]))
        [document] = made.documents()
        made.tag(document, QUOTE, "1.1", Polarity.NEUTRAL)
    return path


@pytest.mark.parametrize("mode", ["none", "pictures", "cited", "full"])
def test_nothing_that_acts_or_tells_comes_along(case: Path, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "pack.pdf"
    with Case.open(case, by="officer", readonly=True) as opened:
        result = build(opened, path, PackOptions(date=DATE, annex=mode))
    assert not any("could not be carried" in warning for warning in result.warnings)
    assert list(unwanted(path)) == []
    with pikepdf.open(path) as document:
        for each in document.objects:
            said = each.unparse()
            if isinstance(each, pikepdf.Stream):
                coded = each.get("/Filter") == "/DCTDecode"
                said += each.read_raw_bytes() if coded else each.read_bytes()
            assert not re.search(rb"Adversary|/home/eve|example\.org|evil|payload|calc\.exe", said)


@pytest.mark.parametrize("mode", ["pictures", "cited"])
def test_what_a_source_hides_stays_hidden(case: Path, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "pack.pdf"
    with Case.open(case, by="officer", readonly=True) as opened:
        build(opened, path, PackOptions(date=DATE, annex=mode))
    document = pypdfium2.PdfDocument(path)
    pixels = document[len(document) - 1].render(scale=1, rev_byteorder=True).to_numpy().astype(int)
    document.close()
    red, green, blue = (pixels[:, :, channel] for channel in range(3))
    assert not ((red > 200) & (green < 60) & (blue < 60)).any()
    assert ((blue > 200) & (green < 60) & (red < 60)).any()


def test_the_scan_sees_what_a_hostile_file_holds(tmp_path: Path) -> None:
    found = " ".join(unwanted(hostile(tmp_path / "hostile.pdf")))
    for odd in ("/JavaScript", "/Launch", "/XFA", "/GoToR", "/Named", "/OpenAction", "evil.bin",
                "another file", "/Rendition", "/GoToE"):  # fmt: skip
        assert odd in found
