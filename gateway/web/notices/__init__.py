"""What one is told: the bell with its list, and the page of all."""
