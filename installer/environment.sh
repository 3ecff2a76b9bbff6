#!/usr/bin/env bash
# Makes .venv/ ready: a Python that will do, the libraries that Qt loads, the packages of
# pyproject.toml. Quick when nothing has changed. The Makefile calls it:
#
#   environment.sh [pdftotext | screen]
#       pdftotext: have that command too, which the benchmarks use
#       screen: have the libraries for a window on a screen too, whether there is one or not
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VENV=.venv
# Written last: an environment without it is half-made and is made again.
readonly READY=$VENV/.ready

# Library that Qt loads, without a screen too = Debian's package that brings it. Where a
# package has another name today (…t64), apt still answers to this one.
readonly LIBRARIES=(
    libEGL.so.1=libegl1
    libGL.so.1=libgl1
    libX11.so.6=libx11-6
    libdbus-1.so.3=libdbus-1-3
    libfontconfig.so.1=libfontconfig1
    libfreetype.so.6=libfreetype6
    libglib-2.0.so.0=libglib2.0-0
    libxkbcommon.so.0=libxkbcommon0
)
# Those it loads beside them for a window on a screen of X11, which Wayland offers too.
readonly ON_SCREEN=(
    libX11-xcb.so.1=libx11-xcb1
    libxcb.so.1=libxcb1
    libxcb-cursor.so.0=libxcb-cursor0
    libxcb-glx.so.0=libxcb-glx0
    libxcb-icccm.so.4=libxcb-icccm4
    libxcb-image.so.0=libxcb-image0
    libxcb-keysyms.so.1=libxcb-keysyms1
    libxcb-randr.so.0=libxcb-randr0
    libxcb-render.so.0=libxcb-render0
    libxcb-render-util.so.0=libxcb-render-util0
    libxcb-shape.so.0=libxcb-shape0
    libxcb-shm.so.0=libxcb-shm0
    libxcb-sync.so.1=libxcb-sync1
    libxcb-util.so.1=libxcb-util1
    libxcb-xfixes.so.0=libxcb-xfixes0
    libxcb-xkb.so.1=libxcb-xkb1
    libxkbcommon-x11.so.0=libxkbcommon-x11-0
)

# Debian's and pip's advice to people is noise in a script.
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
export DEBIAN_FRONTEND=noninteractive

# The python3 of an activated .venv/ would be gone when that is made again.
PATH=":$PATH:"
PATH=${PATH//":$PWD/$VENV/bin:"/:}
PATH=${PATH#:}
PATH=${PATH%:}

say() {
    printf '%s\n' "$@" >&2
}

stop() {
    say "" "$@"
    exit 1
}

# install_packages PACKAGE…: from the system; a person who is not root is told what to type.
install_packages() {
    local line="apt-get install --no-install-recommends $*"
    if ! command -v apt-get >/dev/null; then
        stop "Something is missing that this system's own packages bring; on Debian they are called" \
            "    $*" "Install them under the names they have here, then run the same command again."
    fi
    if [ "$(id -u)" != 0 ]; then
        stop "This machine lacks something that only its administrator can install. Type" \
            "    sudo $line" "then run the same command again."
    fi
    say "Installing system packages: $*"
    # What goes well is not worth reading; what goes wrong comes by standard error.
    if ! { apt-get update -qq && apt-get install -qq --yes --no-install-recommends "$@"; } \
        </dev/null >/dev/null; then
        stop "apt could not install the packages; the lines above say why. This was tried:" \
            "    $line"
    fi
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        # Run, not looked up: pyenv answers to names behind which there is nothing.
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    stop "Python 3.11 or newer is needed, and neither python3 nor python3.11 to python3.14 is that." \
        "Install it, then run the same command again."
}

# missing_packages PYTHON LIBRARY=PACKAGE…: those whose library cannot be loaded, one a line.
missing_packages() {
    "$1" - "${@:2}" <<'END'
import ctypes
import sys

for each in sys.argv[1:]:
    library, _, package = each.partition("=")
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
END
}

# make_venv PYTHON: an empty environment with pip in it.
make_venv() {
    local python=$1 name
    rm -rf "$VENV"
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        # Debian and Ubuntu keep ensurepip in a package of its own. Any pip at hand can put one
        # into the environment; --target is open to it where the system's Python is closed.
        for name in "$python" python3; do
            if "$name" -m pip --version >/dev/null 2>&1; then
                "$python" -m venv --without-pip "$VENV"
                "$name" -m pip install --quiet --target "$(site_packages)" pip
                return
            fi
        done
        install_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    "$python" -m venv "$VENV"
}

site_packages() {
    "$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'
}

# Where the environment is and for which Python: its scripts and folders name both.
place() {
    echo "$PWD, $("$VENV/bin/python" --version 2>&1)"
}

contents() {
    cat pyproject.toml installer/environment.sh | cksum
}

# True where a window would be shown on a screen; the tests draw into memory.
has_screen() {
    [ -n "${DISPLAY-}" ] && [[ "${QT_QPA_PLATFORM:-xcb}" == *xcb* ]]
}

make_ready() {
    local python packages known quiet=()
    python=$(find_python)
    packages=$(missing_packages "$python" "${LIBRARIES[@]}")
    # shellcheck disable=SC2086 # one word a package
    [ -z "$packages" ] || install_packages $packages

    known=$(sed -n 1p "$READY" 2>/dev/null || true)
    if [ "$known" = "$(place)" ]; then
        say "Bringing $VENV/ up to date…"
    else
        say "Making $VENV/ with $("$python" --version); this takes a minute or two…"
        make_venv "$python"
    fi
    rm -f "$READY"
    [ -t 1 ] || quiet=(--quiet)
    if ! "$VENV/bin/python" -m pip install ${quiet[@]+"${quiet[@]}"} --editable '.[dev]' </dev/null >&2; then
        stop "pip could not install the packages; the lines above say why."
    fi
    if ! QT_QPA_PLATFORM=offscreen "$VENV/bin/python" -c \
        'from PySide6.QtWidgets import QApplication; QApplication([])'; then
        stop "Qt does not start; the lines above say why."
    fi
    { place && contents; } >"$READY"
    say "$VENV/ is ready."
}

if [ "$(cat "$READY" 2>/dev/null)" != "$(place)"$'\n'"$(contents)" ]; then
    make_ready
fi
# Looked at each time: a screen can come later than the environment, as with `ssh -X`.
if [ "${1-}" = screen ] || has_screen; then
    packages=$(missing_packages "$VENV/bin/python" "${ON_SCREEN[@]}")
    # shellcheck disable=SC2086 # one word a package
    [ -z "$packages" ] || install_packages $packages
fi
if [ "${1-}" = pdftotext ] && ! command -v pdftotext >/dev/null; then
    install_packages poppler-utils
fi
