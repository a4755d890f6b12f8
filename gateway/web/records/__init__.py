"""What contacts and organizations have in common: the form in a drawer, the page, delete and restore."""
