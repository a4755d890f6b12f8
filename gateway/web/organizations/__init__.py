"""Organizations (顧客企業): the list."""
