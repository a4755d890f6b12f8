"""Contacts (顧客担当者): the list, a contact's page, the form."""
