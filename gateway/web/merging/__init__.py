"""Likely duplicates, merging records side by side, and taking merged ones apart again."""
