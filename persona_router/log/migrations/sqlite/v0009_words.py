"""What PostgreSQL needed: both have the same revisions, so that a release names one."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Leave the file as it is: it finds counts by profile, and draws, without being changed."""
