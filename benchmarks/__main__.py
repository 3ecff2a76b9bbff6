"""What is fast, and against what: every figure is a ratio to a named reference in the same run.

Usage: python -m benchmarks [NAME …]. Reads the PDF reports of ``../shared/samples/reports`` where
they are, otherwise the sample case's own documents, and says which.
"""

from __future__ import annotations

import sys

from benchmarks import measures


def main() -> None:
    """Runs the benchmarks that are named, or all."""
    wanted = sys.argv[1:] or list(measures.ALL)
    unknown = [name for name in wanted if name not in measures.ALL]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}; there are {', '.join(measures.ALL)}.")
    reports, where = measures.reports()
    print(f"{len(reports)} PDF files from {where}")
    print(f"{'what':<34}{'ours':>10}{'reference':>12}{'ratio':>9}   against (aim)")
    for name in wanted:
        for found in measures.ALL[name](reports):
            print(found.line(), flush=True)


if __name__ == "__main__":
    main()
