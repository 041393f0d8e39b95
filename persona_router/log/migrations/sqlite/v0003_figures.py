"""Indexes that the figures are counted by."""

from persona_router.log.migrations.columns import run

revision = "0003"
down_revision = "0002"

_FIGURES = (
    # Holds all that visits are counted by: a row is forty times as long.
    "CREATE INDEX decision_by_visit ON decision"
    " (at, conversation, turn, profile, handed_over, helped, rating, repeat_contact)",
    "CREATE INDEX decision_by_handoff ON decision (at, json_extract(reasons, '$[0].code'))"
    " WHERE handed_over = 1",
    "CREATE INDEX decision_by_stated ON decision (at, conversation, stated_route, inferred_route)"
    " WHERE stated_route IS NOT NULL",
)


def upgrade() -> None:
    """Add the indexes."""
    run(*_FIGURES)
