"""Work on many records that goes on in the background, piece by piece: what imports and mass changes have in common."""
