"""Counts by day, kept by triggers, and profiles ordered by all that a page needs."""

from persona_router.log.migrations.columns import run

revision = "0004"
down_revision = "0003"

_COVERING = (
    "DROP INDEX decision_by_profile",
    "CREATE INDEX decision_by_profile ON decision (profile, at, id)",
)
_BLOCK = 32
_DAY_SECONDS = 24 * 3600.0


def _place(at: str, days: int) -> str:
    return f"cast({at} / {days * _DAY_SECONDS} AS INTEGER)"


def _change(row: str, *, by: int) -> str:
    counted = "".join(
        f"INSERT INTO rollup VALUES ({days}, {_place(f'{row}.at', days)}, {row}.profile, {by})"
        " ON CONFLICT DO UPDATE SET number = number + excluded.number;"
        for days in (1, _BLOCK)
    )
    gone = "".join(
        f"DELETE FROM rollup WHERE days = {days} AND place = {_place(f'{row}.at', days)}"
        f" AND profile = {row}.profile AND number = 0;"
        for days in (1, _BLOCK)
    )
    return counted if by > 0 else counted + gone


_ROLLUP = (
    """
    CREATE TABLE rollup (
        days INTEGER NOT NULL, place INTEGER NOT NULL, profile INTEGER NOT NULL,
        number INTEGER NOT NULL, PRIMARY KEY (days, place, profile)
    ) WITHOUT ROWID
    """,
    *(
        f"INSERT INTO rollup SELECT {days}, {_place('at', days)}, profile, count(*) FROM decision"
        " WHERE profile IS NOT NULL GROUP BY 2, 3"
        for days in (1, _BLOCK)
    ),
    "CREATE TRIGGER decision_counted AFTER INSERT ON decision WHEN new.profile IS NOT NULL"
    f" BEGIN {_change('new', by=1)} END",
    "CREATE TRIGGER decision_discounted AFTER DELETE ON decision WHEN old.profile IS NOT NULL"
    f" BEGIN {_change('old', by=-1)} END",
    "CREATE TRIGGER decision_profiled AFTER UPDATE OF profile ON decision"
    " WHEN old.profile IS NULL AND new.profile IS NOT NULL"
    f" BEGIN {_change('new', by=1)} END",
    "CREATE TRIGGER decision_changed AFTER UPDATE OF profile ON decision"
    " WHEN old.profile <> new.profile"
    f" BEGIN {_change('old', by=-1)} {_change('new', by=1)} END",
)
"""What makes the counts of the rows that are there, and keeps them whoever writes."""


def upgrade() -> None:
    """Add the counts of the rows that are there, and keep them whoever writes."""
    run(*_COVERING, *_ROLLUP)
