"""Makes the pictures of the documentation from what `make run` leaves without a screen.

Usage: python docs/make_pictures.py build/sample
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
from PIL import Image

#: Which page of the pack shows what, found by words that stand on it.
WANTED = {
    "cover": ("Pack number",),
    "coverage": ("Coverage at a glance", "Oldest"),
    "evidence": ("Conflicting evidence", "BLOCK 12"),
    "annex": ("Case file audit", "back to quote"),
}
#: Pictures of the window by their name in the documentation.
WINDOW = {
    "case": "case-light", "tagging": "tagging-light", "dark": "case-dark",
    "coverage": "coverage-light", "judging": "judging-light", "review": "review-light",
    "pack": "pack-light",
}  # fmt: skip
#: Pixels for each point, and colours kept.
SCALE, COLOURS = 1.3, 256


def main() -> None:
    """Writes one picture for each page of the pack that is wanted, and those of the window."""
    sample = Path(sys.argv[1])
    out = Path(__file__).resolve().parent / "pictures"
    out.mkdir(exist_ok=True)
    document = pypdfium2.PdfDocument(sample / "evidence-pack.pdf")
    texts = [page.get_textpage().get_text_range() for page in document]
    for name, words in WANTED.items():
        for number, text in enumerate(texts):
            if all(word in text for word in words) and (name == "coverage" or number != 1):
                picture = document[number].render(scale=SCALE).to_pil()
                _write(picture, out / f"pack-{name}.png")
                break
        else:
            sys.exit(f"No page of the pack shows {name}.")
    for name, source in WINDOW.items():
        _write(Image.open(sample / f"window-{source}.png"), out / f"window-{name}.png")


def _write(picture: Image.Image, path: Path) -> None:
    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main()
