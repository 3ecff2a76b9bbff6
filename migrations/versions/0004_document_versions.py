"""A document may have been replaced by a new version; its passages wait to be found again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("identity", sa.String(36)))
    op.add_column("document", sa.Column("version", sa.Integer()))
    op.add_column("document", sa.Column("replaced_by", sa.String(36)))
    op.add_column("passage", sa.Column("rehold", sa.Text()))
