"""Run first in the frozen program: other programs that it starts get their own libraries.

The starter sets the path of libraries to the bundle. This process has read it by now, but a browser
or file manager that opens a folder for the window would load the bundle's libraries too. A process
of the program's own has its starter set the path anew.
"""

import os
import sys

if sys.platform not in {"win32", "darwin"}:
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is None:
        os.environ.pop("LD_LIBRARY_PATH", None)
    else:
        os.environ["LD_LIBRARY_PATH"] = before
    # Otherwise it would take the path as set by the process that began it.
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
