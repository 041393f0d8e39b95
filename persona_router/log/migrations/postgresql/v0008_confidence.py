"""How sure the classifier was, to count by."""

from persona_router.log.migrations.columns import run

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; profiles of before are those of decisions of which it is not known."""
    run("ALTER TABLE profile ADD COLUMN confidence code")
