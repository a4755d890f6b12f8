"""Reads mailboxes over IMAP.

Owns: mailboxes and their encrypted credentials, folder cursors, raw mails, parsed mails, deliveries, attachments,
quarantine, leases.
Emits: ``mailbox.added|changed|removed|failed|recovered|synchronized``, ``mail_message.received|quarantined``.
Hears: nothing; it is where the road begins.
Offers: mailboxes (add, update, remove, check, synchronize), folders, messages with raw bytes and attachments,
quarantine with re-run.
"""
