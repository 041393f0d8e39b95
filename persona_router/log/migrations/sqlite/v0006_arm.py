"""Which of two compared policies a conversation drew."""

from persona_router.log.migrations.columns import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, empty where nothing was compared, and an index of the others."""
    run(
        "ALTER TABLE decision ADD COLUMN arm TEXT",
        "CREATE INDEX decision_by_arm ON decision (at, arm, policy_version, propensity)"
        " WHERE arm IS NOT NULL",
    )
