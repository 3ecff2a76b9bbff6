"""Names of public bodies, as they stand in a text."""

from __future__ import annotations

import re

#: Bodies that inspect or oversee children's services in England, by what they are called or by the
#: address of their pages; they are known by one word, as no others are.
_KNOWN = (
    ("Ofsted", r"Ofsted|Office for Standards in Education"),
    ("Care Quality Commission", r"Care Quality Commission|CQC"),
    ("Audit Commission", r"Audit Commission"),
    ("Healthcare Commission", r"Healthcare Commission"),
    ("HM Inspectorate of Probation", r"HM Inspectorate of Probation"),
    ("HM Inspectorate of Constabulary", r"HM Inspectorate of Constabulary|HMICFRS"),
    ("Department for Education", r"Department for Education"),
    ("Department of Health", r"Department of Health"),
)
_WEB = re.compile(
    r"(?:www\.|@)(?:[\w-]+\.)*(?P<name>ofsted|cqc|audit-commission|healthcarecommission)"
    r"(?:\.gov|\.org)\.uk\b",
    re.IGNORECASE,
)
_BY_WEB = {
    "ofsted": "Ofsted",
    "cqc": "Care Quality Commission",
    "audit-commission": "Audit Commission",
    "healthcarecommission": "Healthcare Commission",
}
_LAST = (
    r"Council|Trust|Board|Commission|Inspectorate|Authority|Partnership|Unit|Department|University|"
    r"Association|Agency|Institute|Foundation|Constabulary|Directorate|Federation|School|Academy|"
    r"College|Service|Services|Group|Committee|Hospital|Charity|Society|Limited|Ltd|CIC|Office"
)
_NAME = r"[A-Z][\w’'ʹ&.-]*"
#: A body: names, the last of which says that it is one, or an inspectorate that is known.
BODY = (
    rf"(?:{'|'.join(form for _, form in _KNOWN)}"
    rf"|{_NAME}(?:,?\s(?:{_NAME}|of|for|and|the|&|in)){{0,9}}?"
    rf"\s(?:{_LAST})(?:\s(?:of|for)\s{_NAME}(?:\s(?:{_NAME}|and|of))*)?"
    rf"(?:\s(?:and|&)\s(?:{_NAME}\s)+(?:{_LAST}))*)"
)
#: Characters of a line that can be a name.
LONGEST = 120
_EXACT = re.compile(rf"(?:[Tt]he\s+)?({BODY})(?:\s\([A-Z]{{2,8}}\))?[.,]?")
_INSPECTOR = re.compile("|".join(f"(?:{form})" for _, form in _KNOWN))


def body_of(line: str) -> str | None:
    """The body that a line names and nothing else; None where it says something else."""
    found = _EXACT.fullmatch(line.strip()) if len(line) <= LONGEST else None
    if found is None or (" " not in found[1] and not _INSPECTOR.fullmatch(found[1])):
        return None
    return named(found[1])


def named(words: str) -> str:
    """A body by the name it is known by."""
    known = (name for name, form in _KNOWN if re.match(form, words))
    return next(known, words)


def inspector_in(text: str) -> re.Match[str] | None:
    """Where a text first names a body that inspects."""
    return _INSPECTOR.search(text)


def by_address(text: str) -> tuple[str, int, int] | None:
    """The inspecting body whose address on the web a text gives, and where."""
    found = _WEB.search(text)
    return (_BY_WEB[found["name"].lower()], *found.span("name")) if found else None
