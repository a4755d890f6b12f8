"""Events of mailboxes and mails, emitted by mail_ingest."""

from marshmallow import fields

from contracts.base import EventContract, Record
from contracts.fields import (
    DIRECTIONS,
    FOLDER_ROLES,
    MAILBOX_POLICIES,
    MAILBOX_PURPOSES,
    MAX_TEXT,
    NATURES,
    MailAddress,
    count,
    flag,
    identifier,
    many,
    moment,
    text,
    word,
)

SOURCE = "mail_ingest"


class MailboxFacts(Record):
    """The mailbox a mail lies in; its purpose and policy are what the readers decide by."""

    id = identifier()
    name = text()
    purpose = word(*MAILBOX_PURPOSES)
    policy = word(*MAILBOX_POLICIES)


class FolderFacts(Record):
    """The folder a mail was first seen in. ``role`` sent: written by the mailbox's owner."""

    name = text(1_000)
    role = word(*FOLDER_ROLES)


class MailFacts(Record):
    """What can be said of a mail without personal data.

    ``nature`` bulk: sent to many, spam included.
    ``message_id``, ``in_reply_to`` and ``references`` are hints: senders leave them out, repeat and forge them.
    ``authentic`` is the word of our own trusted Authentication-Results (RFC 8601): true pass, false fail, null unknown.
    """

    mail_message_id = identifier()
    mailbox = fields.Nested(MailboxFacts, required=True)
    folder = fields.Nested(FolderFacts, required=True)
    direction = word(*DIRECTIONS)
    nature = word(*NATURES)
    sender_ambiguous = flag()
    authentic = fields.Boolean(required=True, allow_none=True)
    message_id = text(998, allow_none=True)
    in_reply_to = text(998, allow_none=True)
    references = many(text(998))
    received_at = moment()
    size = count()
    attachment_count = count()


class MailPersonal(Record):
    """The personal data of a mail, in a block of its own. ``excerpt``: the text without quoted history, cut."""

    subject = text(998)
    excerpt = text(MAX_TEXT)
    sender = many(MailAddress)
    reply_to = many(MailAddress)
    to = many(MailAddress)
    cc = many(MailAddress)
    failed_recipients = many(text(320))


class MailMessageReceived(EventContract):
    """Emitted when a mail was read from a mailbox and could be parsed, once per mail (not once per mailbox it lies in).

    Also emitted, then for the first time, when a quarantined mail could be parsed at last.
    """

    type = "mail_message.received.v1"
    source = SOURCE
    mail = fields.Nested(MailFacts, required=True)
    personal = fields.Nested(MailPersonal, required=True)


class MailMessageQuarantined(EventContract):
    """Emitted when a mail is kept raw only, because it cannot be parsed or is too large, once per mail."""

    type = "mail_message.quarantined.v1"
    source = SOURCE
    mail_message_id = identifier()
    mailbox_id = identifier()
    reason = text(500)
    size = count()


class MailboxAdded(EventContract):
    """Emitted when a mailbox was saved after its connection had been tried, once per mailbox."""

    type = "mailbox.added.v1"
    source = SOURCE
    mailbox = fields.Nested(MailboxFacts, required=True)


class MailboxChanged(EventContract):
    """Emitted when the settings of a mailbox were changed, once per change."""

    type = "mailbox.changed.v1"
    source = SOURCE
    mailbox = fields.Nested(MailboxFacts, required=True)


class MailboxRemoved(EventContract):
    """Emitted when a mailbox was removed; its mails stay. Once per mailbox."""

    type = "mailbox.removed.v1"
    source = SOURCE
    mailbox_id = identifier()


class MailboxFailed(EventContract):
    """Emitted when a mailbox that could be read no longer can, once per outage. ``problem`` says in plain words why."""

    type = "mailbox.failed.v1"
    source = SOURCE
    mailbox_id = identifier()
    code = text(50)
    problem = text(500)


class MailboxRecovered(EventContract):
    """Emitted when a failed mailbox could be read again, once per outage."""

    type = "mailbox.recovered.v1"
    source = SOURCE
    mailbox_id = identifier()


class MailboxSynchronized(EventContract):
    """Emitted when a folder has been read up to its end and new mails were found, once per such pass."""

    type = "mailbox.synchronized.v1"
    source = SOURCE
    mailbox_id = identifier()
    folder = text(1_000)
    message_count = count()
