"""PDF/UA-1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from .reading import PAINTS, packet_of, said

_TYPES = {
    *[
        "Document",
        "Part",
        "Art",
        "Sect",
        "Div",
        "BlockQuote",
        "Caption",
        "TOC",
        "TOCI",
        "Index",
        "NonStruct",
        "Private",
        "P",
        "H",
    ],
    *[
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "Span",
        "Quote",
        "Note",
    ],
    *[
        "Reference",
        "BibEntry",
        "Code",
        "Link",
        "Annot",
        "Ruby",
        "RB",
        "RT",
        "RP",
        "Warichu",
        "WT",
        "WP",
        "Figure",
        "Formula",
        "Form",
    ],
}
#: What may stand in what (09-004 to 09-006); roles not named may hold anything.
_CHILDREN = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"}, "TR": {"TH", "TD"},
    "L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"},
    "TOC": {"TOCI", "TOC", "Caption"}, "TOCI": {"Lbl", "Reference", "NonStruct", "P", "TOC"},
}  # fmt: skip
_PARENTS = {
    "TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"},
    "TBody": {"Table"}, "TFoot": {"Table"}, "LI": {"L"}, "LBody": {"LI"}, "TOCI": {"TOC"},
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Access:
    def __init__(self, document: pikepdf.Pdf) -> None:
        self.document = document
        self.found: list[str] = []
        self.pages = {page.obj.objgen: n for n, page in enumerate(document.pages)}
        #: Elements by page and number of content, and by annotation, as the tree has them.
        self.content: dict[tuple[int, int], Any] = {}
        self.objects: dict[tuple[int, int], Any] = {}
        self.headings: list[int] = []

    def fail(self, condition: str, what: str = "") -> None:
        self.found.append(f"UA {condition} {what}".strip())

    def run(self) -> list[str]:
        root = self.document.Root
        packet = packet_of(self.document)
        if packet is None:
            self.fail("06-001", "no XMP")
        if said(packet, "pdfuaid:part") != "1":
            self.fail("06-002", "not said to be PDF/UA-1")
        if not (said(packet, "dc:title") or "").strip():
            self.fail("06-003", "no title")
        if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
            self.fail("07-001", "the title is not shown")
        if not _LANGUAGE.fullmatch(str(root.get("/Lang", ""))):
            self.fail("11-006", "no language")
        marks = root.get("/MarkInfo", {})
        if not marks.get("/Marked", False) or marks.get("/Suspects", False):
            self.fail("01-007", "not tagged, or suspect")
        if "/StructTreeRoot" not in root:
            self.fail("01-005", "no structure")
            return self.found
        if "/Outlines" not in root:
            self.fail("bookmarks", "none")
        tree = root.StructTreeRoot
        self._roles(tree)
        for each in _kids(tree):
            self._element(each, tree, [])
        self._heading_order()
        parents = dict(_numbers(tree.ParentTree))
        for number, page in enumerate(self.document.pages):
            self._page(number, page, parents)
        return self.found

    def _roles(self, tree: Any) -> None:
        for key in tree.get("/RoleMap", {}):
            self.fail("02-001", f"{key} is mapped")

    # --- the tree ---------------------------------------------------------------------------

    def _element(self, each: Any, parent: Any, above: list[str]) -> None:
        role = str(each.S)[1:]
        if role not in _TYPES:
            self.fail("02-001", role)
        if each.P.objgen != parent.objgen:
            self.fail("tree", f"{role} does not know where it stands")
        self._role(each, role, above)
        for text in ("/Alt", "/ActualText"):
            if text in each and not str(each[text]).strip():
                self.fail("13-004", f"{role} with empty {text}")
        page = each.get("/Pg")
        for kid in _kids(each):
            if isinstance(kid, int):
                self._content(each, page, kid)
            elif kid.get("/Type") == "/MCR":
                self._content(each, kid.get("/Pg", page), int(kid.MCID))
            elif kid.get("/Type") == "/OBJR":
                self.objects[kid.Obj.objgen] = each
            else:
                self._element(kid, each, [*above, role])

    def _content(self, each: Any, page: Any, mcid: int) -> None:
        place = (self.pages[page.objgen], mcid)
        if place in self.content:
            self.fail("30-002", f"content {place} belongs to two")
        self.content[place] = each

    def _role(self, each: Any, role: str, above: list[str]) -> None:
        parent = above[-1] if above else ""
        kids = [str(kid.S)[1:] for kid in _kids(each) if _is_element(kid)]
        if role in _CHILDREN and (set(kids) - _CHILDREN[role] or len(kids) < len(_kids(each))):
            self.fail("09-004", f"{role} holds {kids}")
        if role in _PARENTS and parent not in _PARENTS[role]:
            self.fail("09-004", f"{role} stands in {parent}")
        if role in {"Table", "L", "TOC", "TR"} and not kids:
            self.fail("09-004", f"{role} is empty")
        if role == "Table":
            self._table(each)
        if role == "TH" and _attribute(each, "/Scope") not in {"/Row", "/Column", "/Both"}:
            self.fail("15-003", "a header without a scope")
        if role in {"Figure", "Formula"}:
            self._figure(each, role)
        if role == "Note" and "/ID" not in each:
            self.fail("19-003")
        if re.fullmatch(r"H[1-6]?", role):
            self._heading(role, above)
        if role == "Link" and not any(
            not isinstance(kid, int) and kid.get("/Type") == "/OBJR" for kid in _kids(each)
        ):
            self.fail("28-011", "a link without its object")

    def _figure(self, each: Any, role: str) -> None:
        if not str(each.get("/Alt", each.get("/ActualText", ""))).strip():
            self.fail("13-004", f"{role} without words")
        if _attribute(each, "/BBox") is None:
            self.fail("figure", "without a place")

    def _heading(self, role: str, above: list[str]) -> None:
        if role == "H":
            self.fail("14-007", "H")
            return
        self.headings.append(int(role[1]))
        if {re.sub(r"\d", "", name) for name in above} & {"H", "P", "TD", "Figure"}:
            self.fail("14-002", "a heading within text")

    def _table(self, each: Any) -> None:
        rows = [row for row in _elements(each) if row.S == "/TR"]
        lengths = Counter(
            sum(int(_attribute(cell, "/ColSpan") or 1) for cell in _kids(row) if _is_element(cell))
            for row in rows
        )
        if len(lengths) > 1:
            self.fail("table", f"rows of several lengths {dict(lengths)}")
        if not any(cell.S == "/TH" for row in rows for cell in _kids(row)):
            self.fail("15-003", "a table without headers")

    def _heading_order(self) -> None:
        if self.headings and self.headings[0] != 1:
            self.fail("14-002", "the first heading is none of the first level")
        for one, other in zip(self.headings, self.headings[1:], strict=False):
            if other > one + 1:
                self.fail("14-003", f"H{other} follows H{one}")

    # --- pages ------------------------------------------------------------------------------

    def _page(self, number: int, page: pikepdf.Page, parents: dict[int, Any]) -> None:
        said = self._painted(number, page, page.Resources)
        doubled = [mcid for mcid, count in Counter(said).items() if count > 1]
        if doubled:
            self.fail("30-002", f"page {number + 1}: content {doubled} twice")
        claimed = {mcid for at, mcid in self.content if at == number}
        if claimed != set(said):
            self.fail("tree", f"page {number + 1}: content {claimed ^ set(said)} on one side only")
        if said:
            known = parents.get(int(page.obj.get("/StructParents", -1)))
            for mcid in claimed:
                held = self.content[number, mcid].objgen
                if known is None or mcid >= len(known) or known[mcid].objgen != held:
                    self.fail("tree", f"page {number + 1}: content {mcid} is not told back")
        notes = list(page.get("/Annots", []))
        if notes and page.obj.get("/Tabs") != "/S":
            self.fail("28-009", f"page {number + 1}: order of tabs")
        for each in notes:
            self._note(number, each, parents)

    def _note(self, number: int, each: Any, parents: dict[int, Any]) -> None:
        held = self.objects.get(each.objgen)
        if each.Subtype != "/Link":
            self.fail("28-002", f"page {number + 1}: {each.Subtype}")
            return
        if held is None or held.S != "/Link":
            self.fail("28-011", f"page {number + 1}: a link that is not in the tree")
            return
        if not str(each.get("/Contents", "")).strip():
            self.fail("28-012", f"page {number + 1}: a link without words")
        told = parents.get(int(each.get("/StructParent", -1)))
        if told is None or told.objgen != held.objgen:
            self.fail("tree", f"page {number + 1}: a link is not told back")
        if "/A" in each and not re.match(r"(https?|mailto):", str(each.A.get("/URI", ""))):
            self.fail("links", f"page {number + 1}: leads elsewhere")

    def _painted(self, number: int, drawn: Any, resources: Any) -> list[int]:
        """Numbers of content that is drawn; all that is drawn must be content or artefact."""
        numbers: list[int] = []
        stack: list[str] = []
        for operands, operator in pikepdf.parse_content_stream(drawn):
            sign = str(operator)
            if sign in {"BDC", "BMC"}:
                mcid = _mcid(operands, resources)
                if mcid is not None:
                    numbers.append(mcid)
                what = "artefact" if operands[0] == "/Artifact" else "plain"
                stack.append("tagged" if mcid is not None else what)
                if {"artefact", "tagged"} <= set(stack):
                    self.fail("01-003", f"page {number + 1}: artefact and content in each other")
            elif sign == "EMC" and stack:
                stack.pop()
            elif sign == "EMC":
                self.fail("01-005", f"page {number + 1}: marks without a beginning")
            elif sign in PAINTS and not {"artefact", "tagged"} & set(stack):
                self.fail("01-005", f"page {number + 1}: {sign} is neither content nor artefact")
        if stack:
            self.fail("01-005", f"page {number + 1}: marks without an end")
        return numbers


def _mcid(operands: Any, resources: Any) -> int | None:
    """The number of the content that begins, None where it has none."""
    if len(operands) < 2:
        return None
    properties = operands[1]
    if isinstance(properties, Name):
        properties = resources.Properties[properties]
    return int(properties.MCID) if "/MCID" in properties else None


def _kids(each: Any) -> list[Any]:
    kids = each.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, Array) else [kids]


def _is_element(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and "/S" in kid


def _elements(each: Any) -> Iterator[Any]:
    for kid in _kids(each):
        if _is_element(kid):
            yield kid
            yield from _elements(kid)


def _attribute(each: Any, name: str) -> Any:
    told = each.get("/A", [])
    for one in told if isinstance(told, Array) else [told]:
        if isinstance(one, Dictionary) and name in one:
            value = one[name]
            return str(value) if isinstance(value, Name) else value
    return None


def _numbers(tree: Any) -> Iterator[tuple[int, Any]]:
    """Entries of a number tree; raises AssertionError where their order is off."""
    entries = list(tree.get("/Nums", []))
    keys = [int(key) for key in entries[::2]]
    assert keys == sorted(set(keys))
    if "/Limits" in tree:
        assert [int(value) for value in tree.Limits] == [keys[0], keys[-1]]
    yield from zip(keys, entries[1::2], strict=True)
    for kid in tree.get("/Kids", []):
        yield from _numbers(kid)
