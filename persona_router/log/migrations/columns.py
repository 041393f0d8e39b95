"""What revisions are written with: statements, and columns that may be there already."""

from collections.abc import Mapping

from alembic import op


def add_missing(columns: Mapping[str, str], *, table: str = "decision") -> None:
    """Add the columns, types by name, that the table of a SQLite file does not have yet."""
    found = op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")
    there = {row[1] for row in found}
    for name in columns.keys() - there:
        run(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}")


def run(*statements: str) -> None:
    """Run the statements as they stand, without marks for parameters."""
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
