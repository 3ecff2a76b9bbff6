"""Where the program begins; kept light, since every worker process passes through here too."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> None:
    """Runs the command line and ends with its exit status."""
    multiprocessing.freeze_support()
    from cambs_evidence.command_line import run  # noqa: PLC0415

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
