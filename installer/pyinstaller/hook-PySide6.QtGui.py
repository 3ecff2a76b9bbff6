"""Which of Qt's plugins ship: those that the window uses, not all that its modules could load.

PyInstaller finds this by its name and takes it for its own. What a plugin stands on comes with it,
so that each one left out here saves its libraries too, such as those of GTK and of QtNetwork.
"""

from __future__ import annotations

from pathlib import PurePath

from PyInstaller.utils.hooks.qt import add_qt6_dependencies

#: By the folder of plugins, how the names of those that ship begin, "lib" left aside.
WANTED = {
    "platforms": ("qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"),
    "xcbglintegrations": ("",),
    "wayland-decoration-client": ("",),
    "wayland-shell-integration": ("xdg-shell",),
    # The desktop's colours and dialogs; those of GTK would bring all of GTK.
    "platformthemes": ("qxdgdesktopportal",),
    # Accents that are typed with two keys, and scripts that have more signs than keys.
    "platforminputcontexts": ("compose", "ibus"),
    "iconengines": ("qsvgicon",),
    "imageformats": ("qsvg", "qico"),
}


def wanted(destination: str) -> bool:
    """True for what is no plugin, and for the plugins that ship."""
    parts = PurePath(destination).parts
    if "plugins" not in parts:
        return True
    folder, name = parts[parts.index("plugins") + 1], parts[-1].removeprefix("lib")
    return name.startswith(WANTED.get(folder, ()))


hiddenimports, found, datas = add_qt6_dependencies(__file__)
binaries = [
    (source, folder)
    for source, folder in found
    if wanted(str(PurePath(folder, PurePath(source).name)))
]
