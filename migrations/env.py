"""Runs the migrations on the connection that the program hands over."""

from __future__ import annotations

from alembic import context

from cambs_evidence.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
