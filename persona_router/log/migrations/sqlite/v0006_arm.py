"""Which of two compared policies a conversation drew."""

from persona_router.log.migrations.columns import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; it is empty where nothing was compared."""
    run("ALTER TABLE decision ADD COLUMN arm TEXT")
