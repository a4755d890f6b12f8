"""Records from files and into files: CSV and vCard, import with preview and undo, export."""
