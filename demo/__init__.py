"""What makes ``musubi up`` a place to try things out: the first admin, and with ``--demo`` a small company's mail.

Talks to the services as any other client does: calls, events, IMAP. No service knows of it.
"""
