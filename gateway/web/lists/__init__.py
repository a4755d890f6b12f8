"""Lists of contacts and organizations: filter, columns, order, saved lists, many records changed at once."""
