"""Mass changes: the same done to many records, in the background where they are very many, and undone as a whole."""
