"""Decisions of reviewers, threads, passages they found missing, sign-off, files for review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("link_id", sa.String(36), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("seen", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index(op.f("ix_decision_link_id"), "decision", ["link_id"])
    op.create_table(
        "message",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("link_id", sa.String(36), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index(op.f("ix_message_link_id"), "message", ["link_id"])
    op.create_table(
        "finding",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("document_id", sa.String(36), nullable=False),
        sa.Column("extent", sa.Text, nullable=False),
        sa.Column("section_id", sa.String(36), nullable=False),
        sa.Column("criterion_id", sa.String(36)),
        sa.Column("polarity", sa.String(20), nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(10)),
        sa.Column("link_id", sa.String(36)),
        sa.Column("reason", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", sa.String(32)),
    )
    op.create_index(op.f("ix_finding_document_id"), "finding", ["document_id"])
    op.create_table(
        "sign_off",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("section_id", sa.String(36), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index(op.f("ix_sign_off_section_id"), "sign_off", ["section_id"])
    op.create_table(
        "bundle",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("manifest", sa.Text, nullable=False),
    )
