"""Revisions of the routing log in PostgreSQL, whose heads are those of SQLite."""
