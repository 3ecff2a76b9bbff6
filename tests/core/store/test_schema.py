"""The schema: what the migrations make is what the mappings say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.store import engine
from cambs_evidence.store.tables import Base
from tests.support import rows


def _ours(name: str | None) -> bool:
    """Tables that the mappings know; the full-text index and alembic's own are not of them."""
    return name is not None and not name.startswith(("page_words", "alembic_", "sqlite_"))


def test_the_migrated_schema_is_the_mapped_one(case: Case) -> None:
    with case._store.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "target_metadata": Base.metadata,
                "include_name": lambda name, kind, _: kind != "table" or _ours(name),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def _described(where: Connection | Engine) -> dict[str, Any]:
    """Columns, keys, constraints and indexes of every table, with their names."""
    seen = inspect(where)
    return {
        name: {
            "columns": [
                (each["name"], str(each["type"]), each["nullable"])
                for each in seen.get_columns(name)
            ],
            "key": seen.get_pk_constraint(name),
            "foreign": sorted(seen.get_foreign_keys(name), key=lambda key: str(key["name"])),
            "unique": sorted(seen.get_unique_constraints(name), key=lambda key: str(key["name"])),
            "indexes": sorted(seen.get_indexes(name), key=lambda key: str(key["name"])),
        }
        for name in seen.get_table_names()
        if _ours(name)
    }


def test_names_of_constraints_follow_the_mappings(case: Case) -> None:
    fresh = create_engine("sqlite://")
    Base.metadata.create_all(fresh)
    wanted = _described(fresh)
    fresh.dispose()
    with case._store.reading() as connection:
        assert _described(connection) == wanted


def test_each_migration_raises_the_version_by_one() -> None:
    scripts = ScriptDirectory(str(paths.migrations()))
    revisions = [each.revision for each in scripts.walk_revisions()]
    assert revisions == [f"{number:04}" for number in range(engine.SCHEMA, 0, -1)]


def test_a_new_case_bears_the_newest_version(case_path: Path) -> None:
    assert rows(case_path, "PRAGMA user_version") == [(engine.SCHEMA,)]
    assert rows(case_path, "PRAGMA application_id") == [(engine.APPLICATION_ID,)]
    assert rows(case_path, "SELECT version_num FROM alembic_version") == [(f"{engine.SCHEMA:04}",)]


def test_no_column_type_is_one_databases_own() -> None:
    from sqlalchemy import types  # noqa: PLC0415

    portable = (types.String, types.Integer, types.Boolean, types.LargeBinary)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            assert isinstance(column.type, portable), column
