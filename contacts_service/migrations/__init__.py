"""The history of the tables of contacts."""
