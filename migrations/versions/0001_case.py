"""The first schema: facts, framework, documents with their pages, passages, links, log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(36)
_HASH = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("value", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_fact"),
    )
    op.create_table(
        "section",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_section"),
        sa.UniqueConstraint("number", name="uq_section_number"),
    )
    op.create_table(
        "criterion",
        sa.Column("id", _ID, nullable=False),
        sa.Column("section_id", _ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text()),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_criterion"),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name="fk_criterion_section_id_section"
        ),
        sa.UniqueConstraint("code", name="uq_criterion_code"),
    )
    op.create_index("ix_criterion_section_id", "criterion", ["section_id"])
    op.create_table(
        "blob",
        sa.Column("sha256", _HASH, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blob"),
    )
    op.create_table(
        "document",
        sa.Column("id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", _HASH, nullable=False),
        sa.Column("rendition_sha256", _HASH),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("date", sa.String(10)),
        sa.Column("kind", sa.Text()),
        sa.Column("issuer", sa.Text()),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("layer_version", sa.String(40), nullable=False),
        sa.Column("numbering", sa.Text(), nullable=False),
        sa.Column("added_at", sa.String(32), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name="fk_document_sha256_blob"),
        sa.ForeignKeyConstraint(
            ["rendition_sha256"], ["blob.sha256"], name="fk_document_rendition_sha256_blob"
        ),
    )
    op.create_index("ix_document_sha256", "document", ["sha256"])
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("quality", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("layer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_page_document_id_document"
        ),
        sa.UniqueConstraint("document_id", "number", name="uq_page_document_id"),
    )
    op.create_table(
        "passage",
        sa.Column("id", _ID, nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("document_sha256", _HASH, nullable=False),
        sa.Column("layer_version", sa.String(40), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("page_end", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("source_start", sa.Integer()),
        sa.Column("source_end", sa.Integer()),
        sa.Column("page_label", sa.Text()),
        sa.Column("paragraph", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_passage"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_passage_document_id_document"
        ),
    )
    op.create_index("ix_passage_place", "passage", ["document_id", "page", "start"])
    op.create_table(
        "link",
        sa.Column("id", _ID, nullable=False),
        sa.Column("passage_id", _ID, nullable=False),
        sa.Column("section_id", _ID, nullable=False),
        sa.Column("criterion_id", _ID),
        sa.Column("polarity", sa.String(20), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.ForeignKeyConstraint(["passage_id"], ["passage.id"], name="fk_link_passage_id_passage"),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name="fk_link_section_id_section"),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name="fk_link_criterion_id_criterion"
        ),
    )
    for column in ("passage_id", "section_id", "criterion_id"):
        op.create_index(f"ix_link_{column}", "link", [column])
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("previous", _HASH, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    # The full-text index is the database's own kind of table; its rowid is the page's id.
    op.execute(
        "CREATE VIRTUAL TABLE page_words USING fts5("
        'words, tokenize="unicode61 remove_diacritics 2")'
    )
