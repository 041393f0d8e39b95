"""What was asked and not answered, which goes when its decision goes."""

from persona_router.log.migrations.columns import run

revision = "0005"
down_revision = "0004"

_QUESTIONS = (
    "CREATE TABLE question (decision TEXT PRIMARY KEY, at REAL NOT NULL, language TEXT,"
    " text TEXT NOT NULL)",
    "CREATE INDEX question_by_at ON question (at)",
    "CREATE TRIGGER decision_unasked AFTER DELETE ON decision"
    " BEGIN DELETE FROM question WHERE decision = old.id; END",
)


def upgrade() -> None:
    """Add the table and its trigger."""
    run(*_QUESTIONS)
