"""Articles taken over from what a team has: help centres, knowledge bases, pages, tables."""
