"""Revisions of the routing log in SQLite: 0001 to 0005 are what releases before Alembic made."""
