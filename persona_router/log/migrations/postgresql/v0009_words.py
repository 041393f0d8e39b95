"""Counts found by profile, and the same draw of conversations as in SQLite."""

from persona_router.log.migrations.columns import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index, and draw by a hash that both databases know."""
    run(
        # How many profiles have a word's beginning is guessed far too low where there are few
        # different words: without this, all counts of a length are read for each profile found.
        "CREATE INDEX rollup_by_profile ON rollup (profile, days)",
        "CREATE OR REPLACE FUNCTION drawn(conversation TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE"
        " AS $$ SELECT cast(cast('x' || encode("
        "substring(sha256(convert_to(conversation, 'UTF8')) FROM 1 FOR 4), 'hex')"
        " AS BIT(32)) AS BIGINT) $$",
    )
