"""The fault suite: a ledger of generated mails against the rows, while everything ends, hangs or comes twice."""
