"""How long each stage took, and whether nobody had come when a customer's waiting ended."""

from persona_router.log.migrations.columns import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; they are empty in what was logged before."""
    run(
        "ALTER TABLE decision ADD COLUMN stages TEXT",
        "ALTER TABLE decision ADD COLUMN abandoned INTEGER",
    )
