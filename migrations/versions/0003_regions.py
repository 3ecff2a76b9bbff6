"""A passage may be an area of a page, or a table, row or cell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("passage", sa.Column("region", sa.Text()))
