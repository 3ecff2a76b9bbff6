"""What is fast, and against what: every figure is a ratio to a named reference in the same run.

Usage: python -m benchmarks [NAME …]. Reads the PDF reports of ``../shared/samples/reports`` where
they are, otherwise the sample case's own documents, and says which.
"""

from __future__ import annotations

import sys

from benchmarks import (
    covering,
    evidence,
    long,
    measures,
    memory,
    opening,
    packing,
    printing,
    proving,
    queue,
    review,
    searching,
    suggestions,
    taking_in,
    window,
)

#: What is told in lines of their own making.
_WINDOW = (
    window.ALL
    | evidence.ALL
    | long.ALL
    | memory.ALL
    | suggestions.ALL
    | covering.ALL
    | opening.ALL
    | packing.ALL
    | queue.ALL
    | taking_in.ALL
    | searching.ALL
)


def main() -> None:
    """Runs the benchmarks that are named, or all."""
    figures = measures.ALL | review.ALL | proving.ALL | printing.ALL
    known = [*figures, *_WINDOW]
    wanted = sys.argv[1:] or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}; there are {', '.join(known)}.")
    reports, where = measures.reports()
    print(f"{len(reports)} PDF files from {where}")
    print(f"{'what':<34}{'ours':>10}{'reference':>12}{'ratio':>9}   against (aim)")
    for name in wanted:
        if name in figures:
            for found in figures[name](reports):
                print(found.line(), flush=True)
        else:
            for line in _WINDOW[name](reports):
                print(line, flush=True)


if __name__ == "__main__":
    main()
