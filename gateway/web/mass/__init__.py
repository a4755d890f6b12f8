"""Mass changes: begun from a list, their progress on every page, what became of them, Undo."""
