"""What a pack says, as a tree for those who do not see its pages; recorded while it is set.

Roles are the standard structure types of PDF 1.7. What is put on a sheet belongs to the element
that is open; within one that only groups others it becomes a paragraph of its own, so that nothing
is left out by mistake. What repeats on pages or only adorns them is said to be an artefact.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Union

if TYPE_CHECKING:
    from cambs_evidence.pack.sheet import Jump, Sheet

#: Roles that hold other elements and no text.
_GROUPING = frozenset(
    {"Document", "Sect", "BlockQuote", "TOC", "TOCI", "Table", "THead", "TBody", "TR", "L", "LI"}
)


class Content(NamedTuple):
    """A stretch of what is drawn on a sheet, told by its number there."""

    sheet: Sheet
    mcid: int


@dataclass(slots=True, eq=False)
class Element:
    """One element of the tree.

    Attributes:
        role: its structure type.
        kids: what it holds, in reading order.
        alternative: words in place of what cannot be seen.
        actual: words in place of signs that stand for them.
        attributes: a PDF dictionary of its attributes.
        number: of its object in the file, once it is written.
    """

    role: str
    kids: list[Kid] = field(default_factory=list)
    alternative: str = ""
    actual: str = ""
    attributes: str = ""
    number: int = 0


Kid = Union["Element", Content, "Jump"]


class _Within(contextlib.AbstractContextManager[None]):
    """Has an element open meanwhile; entered some dozen times for each quote."""

    __slots__ = ("_element", "_open")

    def __init__(self, stack: list[Element | None], element: Element | None) -> None:
        self._open, self._element = stack, element

    def __enter__(self) -> None:
        self._open.append(self._element)

    def __exit__(self, *_: object) -> None:
        self._open.pop()


_NOTHING = contextlib.nullcontext()


class Tags:
    """The tree, and which of its elements is open."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self._open: list[Element | None] = [self.root]

    @property
    def current(self) -> Element | None:
        """The element that is open, None within an artefact."""
        return self._open[-1]

    def open(
        self, role: str, *, alternative: str = "", actual: str = "", attributes: str = ""
    ) -> contextlib.AbstractContextManager[None]:
        """A new element in the one that is open; within an artefact nothing."""
        parent = self.current
        if parent is None:
            return _NOTHING
        made = Element(role, alternative=alternative, actual=actual, attributes=attributes)
        parent.kids.append(made)
        return _Within(self._open, made)

    def within(self, element: Element | None) -> contextlib.AbstractContextManager[None]:
        """Goes on in an element."""
        return _Within(self._open, element)

    def artefact(self) -> contextlib.AbstractContextManager[None]:
        """What is put down here is no part of what the pack says."""
        return self.within(None)

    def text(self) -> contextlib.AbstractContextManager[None]:
        """Where text may stand: the element that is open, or a paragraph in it."""
        current = self.current
        if current is not None and current.role in _GROUPING:
            return self.open("P")
        return _NOTHING
