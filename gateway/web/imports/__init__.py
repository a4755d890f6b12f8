"""Import of files: upload, mapping, progress, result."""
