"""The script folder that alembic wants."""
