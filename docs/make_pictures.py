"""Makes the pictures of the documentation from the sample pack.

Usage: python docs/make_pictures.py build/sample/evidence-pack.pdf
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2

#: Which page of the pack shows what, found by words that stand on it.
WANTED = {
    "cover": ("Pack number",),
    "coverage": ("Coverage at a glance", "Oldest"),
    "evidence": ("Conflicting evidence", "BLOCK 12"),
    "annex": ("Case file audit", "back to quote"),
}
#: Pixels for each point.
SCALE = 1.3


def main() -> None:
    """Writes one picture for each page that is wanted."""
    document = pypdfium2.PdfDocument(sys.argv[1])
    out = Path(__file__).resolve().parent / "pictures"
    out.mkdir(exist_ok=True)
    texts = [page.get_textpage().get_text_range() for page in document]
    for name, words in WANTED.items():
        for number, text in enumerate(texts):
            if all(word in text for word in words) and (name == "coverage" or number != 1):
                picture = document[number].render(scale=SCALE).to_pil().convert("RGB")
                picture.quantize(64).save(out / f"pack-{name}.png", optimize=True)
                break
        else:
            sys.exit(f"No page of the pack shows {name}.")


if __name__ == "__main__":
    main()
