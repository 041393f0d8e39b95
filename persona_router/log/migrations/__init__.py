"""The steps from one schema of the routing log to the next, which Alembic takes in order."""
