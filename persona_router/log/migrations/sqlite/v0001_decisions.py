"""Decisions, and what was stated otherwise than inferred."""

from persona_router.log.migrations.columns import add_missing, run

revision = "0001"
down_revision = None

_FIRST = """
CREATE TABLE IF NOT EXISTS decision (
    id TEXT PRIMARY KEY,
    at REAL NOT NULL,
    conversation TEXT NOT NULL,
    turn INTEGER,
    channel TEXT,
    locale TEXT,
    intent TEXT,
    concern TEXT,
    route TEXT,
    plan TEXT NOT NULL,
    persona TEXT,
    posterior TEXT NOT NULL,
    evidence TEXT NOT NULL,
    signals TEXT NOT NULL,
    reasons TEXT NOT NULL,
    constraints TEXT NOT NULL,
    alternatives TEXT NOT NULL,
    closed TEXT NOT NULL,
    article TEXT,
    article_locale TEXT,
    translation_demand INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    policy_version TEXT,
    propensity REAL
)
"""
_STATED = {
    "stated_route": "TEXT", "inferred_route": "TEXT", "corrected": "INTEGER",
    "inferred_persona": "TEXT",
}  # fmt: skip


def upgrade() -> None:
    """Make the table, or take over one that carries no version, with or without `_STATED`."""
    run(_FIRST)
    add_missing(_STATED)
