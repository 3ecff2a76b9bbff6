"""What a merge brings and what it leaves, in plain sentences."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from cambs_evidence.audit.bundle import rows_of
from cambs_evidence.audit.twins import Twins
from cambs_evidence.model import RowChange

Row = dict[str, Any]

_KINDS = {
    "fact": "fact of the case", "narrative": "text of the self-assessment", "sign_off": "sign-off",
    "finding": "passage noted as missing",
}  # fmt: skip


#: What people set, and so can be told of where two sides set it otherwise.
_SET = ("polarity", "note", "grade", "title", "date", "kind", "issuer", "text", "owner", "due")


def _differing(here: Row, there: Row) -> str:
    """What two sides say otherwise of the same, in brackets; empty where it is not in a word."""
    found = [
        f"{each} {_value(here[each])} here, {_value(there[each])} there"
        for each in _SET
        if each in here and here[each] != there.get(each)
    ]
    return f" ({'; '.join(found)})" if found else ""


def _value(value: object) -> str:
    said = str(value or "")
    return f"“{_short(said)}”" if " " in said else said or "none"


class Teller:
    """Names rows of both sides as people know them."""

    def __init__(self, ours: Connection, theirs: Connection, twins: Twins) -> None:
        self._rows: dict[str, dict[str, Row]] = {}
        for name in ("section", "criterion", "document", "passage", "link"):
            known = {
                str(row["id"]): row
                for row in (twins.mapped(name, each) for each in rows_of(theirs, name))
            }
            self._rows[name] = known | {str(row["id"]): row for row in rows_of(ours, name)}

    def named(self, name: str, row: Row | None) -> str:
        """A row as a person knows it, in the middle of a sentence."""
        if row is None:
            return f"a {_KINDS.get(name, name)}"
        if name == "link":
            return f"the link to {self._code(row)} {self._where(row['passage_id'])}"
        if name == "passage":
            return f"the passage “{_short(row['quote'])}” in {self._document(row['document_id'])}"
        if name == "document":
            return str(row["filename"])
        if name == "criterion":
            return f"criterion {row['code']}"
        if name == "section":
            return f"section {row['number']}"
        if name == "fact":
            return f"the {str(row['id']).replace('_', ' ')} of the case"
        if name in {"judgement", "narrative"}:
            kind = "judgement" if name == "judgement" else _KINDS[name]
            return f"the {kind} of block {int(row['block']) + 1} of {self._section(row)}"
        if name == "action":
            return f"the action “{_short(row['text'])}”"
        if name in {"decision", "message"}:
            link = self._rows["link"].get(str(row["link_id"]))
            return f"what {row['by']} said of {self.named('link', link)}"
        if name == "finding":
            return f"the passage that {row['by']} noted for {self._code(row)}"
        return f"the sign-off of {self._section(row)} by {row['by']}"

    def _code(self, row: Row) -> str:
        criterion = self._rows["criterion"].get(str(row["criterion_id"]))
        return str(criterion["code"]) if criterion else self._section(row)

    def _section(self, row: Row) -> str:
        section = self._rows["section"].get(str(row["section_id"]))
        return f"section {section['number']}" if section else "a section that is gone"

    def _document(self, key: str) -> str:
        document = self._rows["document"].get(key)
        return str(document["filename"]) if document else "a document that is gone"

    def _where(self, passage_id: str) -> str:
        passage = self._rows["passage"].get(passage_id)
        if passage is None:
            return "of a passage that is gone"
        return f"in {self._document(passage['document_id'])}, page {passage['page'] + 1}"

    def of_change(self, name: str, change: RowChange) -> str:
        """What a change brings, as one line."""
        row = change.after or change.before
        verb = "change"
        if change.after is None or (name == "document" and change.after["removed"]):
            verb = "take away"
        elif change.before is None or (name == "document" and change.before["removed"]):
            verb = "add"
        return f"{verb} {self.named(name, row)}"

    def both(self, name: str, here: Row | None, now: Row | None) -> str:
        """Both sides changed the same, each otherwise."""
        said = _first_large(self.named(name, here or now))
        if here is None:
            return f"{said} was taken away here and changed there; it stays away."
        if now is None:
            return f"{said} was changed here and taken away there; it stays as it is here."
        return (
            f"{said} was changed on both sides, each otherwise{_differing(here, now)}; it stays as "
            "it is here."
        )

    def otherwise(self, name: str, here: Row, now: Row) -> str:
        """Both sides made the same, and say other things of it."""
        del now
        said = _first_large(self.named(name, here))
        return f"{said} was made on both sides, each otherwise; it stays as it is here."

    def missing(self, name: str, now: Row, other: str) -> str:
        """What a row is about is not here."""
        what = "document" if other == "passage" else other
        return (
            f"{_first_large(self.named(name, now))} cannot be added, since its {what} was taken "
            "away here."
        )

    def held(self, name: str, here: Row, holder: str) -> str:
        """What was taken away there is still needed here."""
        return (
            f"{_first_large(self.named(name, here))} was taken away there, but {holder} needs it; "
            "it stays."
        )

    def still_holds(self, document: Row, count: int) -> str:
        """A document that was removed there, and in which something stands here."""
        passages = "a passage stands" if count == 1 else f"{count} passages stand"
        return f"{document['filename']} was removed there, but {passages} in it here; it stays."

    def replaced_twice(self, document: Row) -> str:
        """Both sides have another new version of a document."""
        return (
            f"{document['filename']} was replaced on both sides, by other files; the version of "
            "this case stays."
        )

    def waits(self, row: Row) -> str:
        """A passage of a version that was replaced on the other side."""
        return (
            f"{_first_large(self.named('passage', row))} stands in a version that was replaced; "
            "confirm it in the new one."
        )

    def elsewhere(self) -> str:
        """A passage that would stand where another stands."""
        return "Another passage stands exactly there already; one of both has to move."

    def read_otherwise(self, row: Row) -> str:
        """A passage on a page of which the text is another here."""
        return (
            f"{_first_large(self.named('passage', row))} stands on a page that was read otherwise "
            "here; tag the words again."
        )

    def said_already(self, other: Row) -> str:
        """A link that would say what another says already."""
        return f"{_first_large(self.named('link', other))} says the same of its passage already."

    def place_taken(self, name: str, other: Row) -> str:
        """A code, number or block that another row has."""
        return f"{_first_large(self.named(name, other))} has this place in the framework already."


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]


def _short(words: object) -> str:
    plain = " ".join(str(words).split())
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
