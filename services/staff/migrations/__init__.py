"""Alembic revisions of staff."""
