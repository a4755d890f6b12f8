"""Opportunities, quotes and invoices on screen."""
