"""The mails of the demo: what comes to a small company's sales and support mailboxes within a week. All invented."""

from demo.mails import machines, sales, sent, support
from demo.mails.building import DemoMail


def all_mails() -> list[DemoMail]:
    """Every mail of the demo, in the order in which each folder received them."""
    mails = [*sales.mails(), *sent.mails(), *support.mails(), *machines.mails()]
    return sorted(mails, key=lambda mail: (mail.mailbox, mail.folder, mail.received_at))
