"""The recycle bin: what was deleted, by whom and when, and the way back."""
