"""The history of the matcher's tables."""
