"""Organizations (顧客企業): the list, an organization's page, the form."""
