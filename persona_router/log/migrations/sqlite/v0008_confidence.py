"""How sure the classifier was, to count by."""

from persona_router.log.migrations.columns import add_missing

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; profiles of before are those of decisions of which it is not known."""
    # A file of the first release got it together with the table.
    add_missing({"confidence": "TEXT"}, table="profile")
