"""Tickets on screen: the page of each, its mails, and its form."""
