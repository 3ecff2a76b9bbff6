"""The tables of a case. Column types are portable; nothing here knows that it is SQLite."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_ID = String(36)
_HASH = String(64)


class Base(DeclarativeBase):
    """Every table of a case, with named constraints so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class FactRow(Base):
    """One fact of the case; its id is the fact's name."""

    __tablename__ = "fact"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str | None] = mapped_column(Text)


class SectionRow(Base):
    """One section of the framework."""

    __tablename__ = "section"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, unique=True)
    title: Mapped[str] = mapped_column(Text)


class CriterionRow(Base):
    """One criterion; ``block`` is the 0-based place of its block in the section.

    ``not_applicable`` is the reason why it does not apply, None where it does.
    """

    __tablename__ = "criterion"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    section_id: Mapped[str] = mapped_column(ForeignKey("section.id"), index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    position: Mapped[int] = mapped_column(Integer)
    block: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(Text)
    statement: Mapped[str | None] = mapped_column(Text)
    marked: Mapped[bool] = mapped_column(Boolean)
    not_applicable: Mapped[str | None] = mapped_column(Text)


class NarrativeRow(Base):
    """What the self-assessment that the framework was read from says under one block."""

    __tablename__ = "narrative"
    __table_args__ = (UniqueConstraint("section_id", "block"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    section_id: Mapped[str] = mapped_column(ForeignKey("section.id"))
    block: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)


class JudgementRow(Base):
    """The author's summary and grade for one block; what it was before is in the log."""

    __tablename__ = "judgement"
    __table_args__ = (UniqueConstraint("section_id", "block"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    section_id: Mapped[str] = mapped_column(ForeignKey("section.id"))
    block: Mapped[int] = mapped_column(Integer)
    summary: Mapped[str] = mapped_column(Text)
    grade: Mapped[str | None] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))


class ActionRow(Base):
    """What is to be done about an area for development; ``due`` and ``done`` are ISO dates.

    ``link_id`` is the link that it was made from, which may have been taken away since.
    """

    __tablename__ = "action"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    section_id: Mapped[str] = mapped_column(ForeignKey("section.id"), index=True)
    criterion_id: Mapped[str | None] = mapped_column(ForeignKey("criterion.id"), index=True)
    link_id: Mapped[str | None] = mapped_column(_ID)
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(Text)
    due: Mapped[str | None] = mapped_column(String(10))
    done: Mapped[str | None] = mapped_column(String(10))
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))


class BlobRow(Base):
    """Bytes as they were received or made, once for each SHA-256."""

    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(_HASH, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentRow(Base):
    """One version of a document; its bytes, pages and id belong together for good.

    ``removed`` ones are kept until the case is closed, so that undo can work. ``identity`` is the
    id of the first version, None in the first itself; ``version`` counts from 1, None for the
    first. ``replaced_by`` is the id of the newest version, None in the newest itself.
    """

    __tablename__ = "document"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    rendition_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    filename: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    date: Mapped[str | None] = mapped_column(String(10))
    kind: Mapped[str | None] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(Text)
    pages: Mapped[int] = mapped_column(Integer)
    layer_version: Mapped[str] = mapped_column(String(40))
    numbering: Mapped[str] = mapped_column(Text)
    added_at: Mapped[str] = mapped_column(String(32))
    added_by: Mapped[str] = mapped_column(Text)
    removed: Mapped[bool] = mapped_column(Boolean)
    identity: Mapped[str | None] = mapped_column(_ID)
    version: Mapped[int | None] = mapped_column(Integer)
    replaced_by: Mapped[str | None] = mapped_column(_ID)
    period: Mapped[str | None] = mapped_column(String(22))


class PageRow(Base):
    """The text layer of one page; its id is also its row in the full-text index."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int] = mapped_column(Integer)  # 0-based
    label: Mapped[str | None] = mapped_column(Text)
    quality: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    layer: Mapped[bytes] = mapped_column(LargeBinary)


class PassageRow(Base):
    """A passage with its anchor; ``spans`` is JSON ``[[page, start, end, [[x0, y0, x1, y1]…]]…]``.

    Pages are 0-based. ``region`` is JSON ``{"kind", "box", "cells", "picture"}`` where the passage
    is an area or part of a table; the picture is a blob, named by its SHA-256.

    ``rehold`` is JSON ``{"hold", "document_id", "extent"}`` while a passage of an older version
    waits for a person: ``extent`` holds the columns that it would have in the newest version, null
    where it is lost.
    """

    __tablename__ = "passage"
    __table_args__ = (Index("ix_passage_place", "document_id", "page", "start"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))
    document_sha256: Mapped[str] = mapped_column(_HASH)
    layer_version: Mapped[str] = mapped_column(String(40))
    page: Mapped[int] = mapped_column(Integer)
    page_end: Mapped[int] = mapped_column(Integer)
    start: Mapped[int] = mapped_column(Integer)
    spans: Mapped[str] = mapped_column(Text)
    quote: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    suffix: Mapped[str] = mapped_column(Text)
    source_start: Mapped[int | None] = mapped_column(Integer)
    source_end: Mapped[int | None] = mapped_column(Integer)
    page_label: Mapped[str | None] = mapped_column(Text)
    paragraph: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    rehold: Mapped[str | None] = mapped_column(Text)


class LinkRow(Base):
    """One passage tagged to one criterion, or to a section without criteria."""

    __tablename__ = "link"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    passage_id: Mapped[str] = mapped_column(ForeignKey("passage.id"), index=True)
    section_id: Mapped[str] = mapped_column(ForeignKey("section.id"), index=True)
    criterion_id: Mapped[str | None] = mapped_column(ForeignKey("criterion.id"), index=True)
    polarity: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))


class DecisionRow(Base):
    """What a reviewer said of a link once; the newest of each reviewer counts, none is changed.

    ``state`` is the SHA-256 of what the link said then, ``seen`` whether it was looked at in its
    place on the page. ``link_id`` may name a link that has been taken away since.
    """

    __tablename__ = "decision"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    link_id: Mapped[str] = mapped_column(_ID, index=True)
    verdict: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str | None] = mapped_column(Text)
    seen: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(_HASH)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))


class MessageRow(Base):
    """An answer in the thread of a link, which may have been taken away since."""

    __tablename__ = "message"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    link_id: Mapped[str] = mapped_column(_ID, index=True)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))


class FindingRow(Base):
    """A passage that a reviewer found missing; no evidence before the author takes it.

    ``extent`` is JSON of the columns that its passage would have. ``outcome`` is taken or declined,
    None while the author has not answered; ``link_id`` the link that it became.
    """

    __tablename__ = "finding"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    document_id: Mapped[str] = mapped_column(_ID, index=True)
    extent: Mapped[str] = mapped_column(Text)
    section_id: Mapped[str] = mapped_column(_ID)
    criterion_id: Mapped[str | None] = mapped_column(_ID)
    polarity: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str | None] = mapped_column(String(10))
    link_id: Mapped[str | None] = mapped_column(_ID)
    reason: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[str | None] = mapped_column(String(32))


class SignOffRow(Base):
    """Somebody's name under a section; ``state`` is the SHA-256 of what it held then."""

    __tablename__ = "sign_off"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    section_id: Mapped[str] = mapped_column(_ID, index=True)
    date: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(_HASH)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))


class BundleRow(Base):
    """The manifest of a file for review, JSON; a case itself has none."""

    __tablename__ = "bundle"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    manifest: Mapped[str] = mapped_column(Text)


class EventRow(Base):
    """One entry of the append-only change log, chained by hashes."""

    __tablename__ = "event"
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(_HASH)
    hash: Mapped[str] = mapped_column(_HASH)


class PackRow(Base):
    """A pack that was built; kept outside the log, so that building one does not change it."""

    __tablename__ = "pack"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(_HASH)
    pages: Mapped[int] = mapped_column(Integer)
    excerpts: Mapped[int] = mapped_column(Integer)
    options: Mapped[str] = mapped_column(Text)
