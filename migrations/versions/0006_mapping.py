"""Judgements, actions, the narrative of the self-assessment, and criteria that do not apply."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("criterion", sa.Column("not_applicable", sa.Text))
    op.create_table(
        "judgement",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("section_id", sa.String(36), sa.ForeignKey("section.id"), nullable=False),
        sa.Column("block", sa.Integer, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("grade", sa.String(20)),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("section_id", "block"),
    )
    op.create_table(
        "action",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("section_id", sa.String(36), sa.ForeignKey("section.id"), nullable=False),
        sa.Column("criterion_id", sa.String(36), sa.ForeignKey("criterion.id")),
        sa.Column("link_id", sa.String(36)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("due", sa.String(10)),
        sa.Column("done", sa.String(10)),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index(op.f("ix_action_section_id"), "action", ["section_id"])
    op.create_index(op.f("ix_action_criterion_id"), "action", ["criterion_id"])
    op.create_table(
        "narrative",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("section_id", sa.String(36), sa.ForeignKey("section.id"), nullable=False),
        sa.Column("block", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("section_id", "block"),
    )
