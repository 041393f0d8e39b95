"""The routing log: one row a decision, for operations."""
