"""Mailboxes, folders, messages, quarantine."""

from marshmallow import Schema, fields, validate

from contracts.fields import DIRECTIONS, FOLDER_ROLES, MAILBOX_POLICIES, MAILBOX_PURPOSES, NATURES
from gateway.api.schemas.common import (
    Identifier,
    Owner,
    PageQuery,
    SearchQuery,
    Sentence,
    YesNo,
    choice,
    moment,
    page,
    told,
    words,
)
from gateway.api.schemas.decisions import Candidate, Decision

PROVIDERS = ("gmail", "yahoo", "office365", "other")
SECURITIES = ("ssl", "starttls", "none")
AUTHENTICATIONS = ("password", "xoauth2")
REFRESHES = ("none", "1", "5", "10", "push")
MEGABYTE = 1024 * 1024
MAX_FOLDERS = 50


class MailboxChange(Schema):
    """Settings of a mailbox; what is left out stays. ``secret`` is never given back."""

    name = words(255, least=1)
    purpose = choice(*MAILBOX_PURPOSES)
    policy = choice(*MAILBOX_POLICIES)
    owner = Owner()
    address = fields.Email(validate=validate.Length(max=320))
    provider = choice(*PROVIDERS)
    host = words(255)
    port = fields.Integer(strict=True, validate=validate.Range(1, 65_535))
    security = choice(*SECURITIES)
    verify_certificate = YesNo(metadata={"description": "Only Other can switch it off"})
    authentication = choice(*AUTHENTICATIONS)
    user = words(255, least=1)
    secret = words(20_000, least=1, metadata={"description": "The password, or the token of XOAUTH2"})
    refresh = choice(*REFRESHES, metadata={"description": "Minutes, or push (IDLE)"})
    first_sync_from = fields.Date(allow_none=True, metadata={"description": "Leave older mail on the server"})
    size_limit = fields.Integer(strict=True, validate=validate.Range(MEGABYTE, 256 * MEGABYTE))
    folders = fields.List(words(1_000, least=1), validate=validate.Length(min=1, max=MAX_FOLDERS))


class MailboxIn(MailboxChange):
    """A new mailbox. It is tried before it is saved; a server that refuses is told in plain words (422)."""

    provider = choice(*PROVIDERS, required=True)
    user = words(255, least=1, required=True)
    secret = words(20_000, least=1, required=True)


class MailboxProblem(Schema):
    """Why a mailbox cannot be read just now: a stable word, and plain ones."""

    code = told(required=True)
    text = Sentence(required=True, allow_none=True)


class Mailbox(Schema):
    """A mailbox that is read. ``folders``: those whose mail is read."""

    id = Identifier(required=True)
    version = fields.Integer(required=True)
    name = told(required=True)
    purpose = choice(*MAILBOX_PURPOSES, required=True)
    policy = choice(*MAILBOX_POLICIES, required=True)
    owner = told(allow_none=True)
    address = told()
    provider = told(required=True)
    host = told()
    port = fields.Integer()
    security = told()
    verify_certificate = fields.Boolean()
    authentication = told()
    user = told()
    refresh = told()
    first_sync_from = told(allow_none=True)
    size_limit = fields.Integer()
    folders = fields.List(told())
    problem = fields.Nested(MailboxProblem, required=True, allow_none=True)
    warnings = fields.List(Sentence())
    synchronized_at = moment(allow_none=True)
    created_at = moment()
    updated_at = moment()


class FoundFolder(Schema):
    """A folder that the mail server has."""

    name = told(required=True)
    role = choice(*FOLDER_ROLES, required=True)


class MailboxCheck(Schema):
    """The mail server let us in."""

    folders = fields.List(fields.Nested(FoundFolder), required=True)
    warnings = fields.List(Sentence(), required=True)


class Folder(Schema):
    """A folder of a mailbox. ``watched``: its mail is read."""

    id = Identifier(required=True)
    name = told(required=True)
    role = choice(*FOLDER_ROLES, required=True)
    watched = fields.Boolean(required=True)
    message_count = fields.Integer()
    unread_count = fields.Integer()


class FolderPage(Schema):
    """All folders of a mailbox."""

    items = fields.List(fields.Nested(Folder), required=True)


class MailboxList(Schema):
    """All mailboxes."""

    items = fields.List(fields.Nested(Mailbox), required=True)


class MessageQuery(SearchQuery):
    """Which mails."""

    mailbox_id = Identifier(load_default=None)
    folder = words(1_000, least=1, load_default=None)


class Address(Schema):
    """An address as it was received."""

    name = told(required=True)
    address = told(required=True)


class MailFacts(Schema):
    """What a list and a page say of a mail. ``state``: received, quarantined."""

    id = Identifier(required=True)
    mailbox_id = Identifier(required=True)
    subject = told(required=True)
    received_at = moment(required=True)
    size = fields.Integer(required=True)
    state = told(required=True)
    direction = choice(*DIRECTIONS, required=True)
    nature = choice(*NATURES, required=True)


class MessageSummary(MailFacts):
    """A mail in a list."""

    sender_name = told(required=True)
    sender_address = told(required=True)
    attachment_count = fields.Integer(required=True)


class Attachment(Schema):
    """A file that came with a mail; ``part`` names it in the path of its bytes."""

    part = told(required=True)
    name = told(required=True)
    content_type = told()
    size = fields.Integer()
    content_id = told(allow_none=True)
    inline = fields.Boolean()


class Delivery(Schema):
    """Where a mail lies. ``vanished_at``: it lay there once."""

    mailbox_id = Identifier(required=True)
    mailbox = told()
    folder = told()
    role = told()
    uid = fields.Integer()
    flags = fields.List(told())
    vanished_at = moment(allow_none=True)


class MatchPanel(Schema):
    """Who wrote, why we think so, and what can be done with one click.

    ``live`` false: the address book did not answer, so the candidates are those of the decision. ``form``: what the
    forms of the actions are filled in with.
    """

    decision = fields.Nested(Decision, required=True)
    candidates = fields.List(fields.Nested(Candidate), required=True)
    live = fields.Boolean(required=True)
    actions = fields.List(told(), required=True)
    form = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class Message(MailFacts):
    """A mail. ``html`` is made harmless: no script, no remote image. ``panel`` null: the matcher does not answer."""

    sender = fields.List(fields.Nested(Address), required=True)
    reply_to = fields.List(fields.Nested(Address))
    to = fields.List(fields.Nested(Address))
    cc = fields.List(fields.Nested(Address))
    sender_ambiguous = fields.Boolean(required=True)
    authentic = fields.Boolean(required=True, allow_none=True)
    sent_at = told(allow_none=True)
    message_id = told(allow_none=True)
    in_reply_to = told(allow_none=True)
    references = fields.List(told())
    text = told(required=True)
    html = told(required=True, allow_none=True)
    has_remote_images = fields.Boolean(required=True)
    attachments = fields.List(fields.Nested(Attachment), required=True)
    deliveries = fields.List(fields.Nested(Delivery), required=True)
    panel = fields.Nested(MatchPanel, required=True, allow_none=True)


class MessageView(Schema):
    """How a mail is shown."""

    remote_images = fields.Boolean(load_default=False, metadata={"description": "Keep images of other servers"})


class QuarantineQuery(PageQuery):
    """Which part of the quarantine."""


class Quarantined(Schema):
    """A mail that could not be parsed, or was too large; its bytes are kept. ``id`` is that of the mail."""

    id = Identifier(required=True)
    mailbox_id = Identifier(required=True)
    reason = Sentence(required=True)
    attempts = fields.Integer(required=True)
    subject = told()
    sender_address = told()
    size = fields.Integer(required=True)
    received_at = moment(required=True, allow_none=True)
    quarantined_at = moment(required=True)


class Retried(Schema):
    """What became of a mail that was parsed once more: received, or quarantined still, then with the reason."""

    id = Identifier(required=True)
    state = choice("received", "quarantined", required=True)
    reason = Sentence(required=True, allow_none=True)


MessagePage = page(MessageSummary)
QuarantinePage = page(Quarantined)
