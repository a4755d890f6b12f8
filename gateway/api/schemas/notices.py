"""What people are told."""

from marshmallow import Schema, fields

from contracts.activities import ACTIVITY_KINDS
from gateway.api.schemas.common import Identifier, PageQuery, choice, moment, told


class NoticeQuery(PageQuery):
    """Which of them."""

    unread = fields.Boolean(load_default=None, metadata={"description": "Only those that you have not read"})


class NoticeRecord(Schema):
    """What it is about."""

    kind = choice("activity", "contact", "organization", required=True)
    id = Identifier(required=True)


class NoticeActor(Schema):
    """The staff user who did it."""

    id = Identifier(required=True)
    name = told(required=True)


class NoticeActivity(Schema):
    """The activity that you are reminded of: when it begins or is due."""

    kind = choice(*ACTIVITY_KINDS, required=True)
    all_day = fields.Boolean(required=True)
    starts_at = moment(allow_none=True)
    starts_on = told(allow_none=True)
    due_at = moment(allow_none=True)
    due_on = told(allow_none=True)


class Notice(Schema):
    """What you are told. `title`: what the record was called then; `changed`: the fields that were."""

    id = Identifier(required=True)
    what = choice("reminded", "created", "updated", required=True)
    record = fields.Nested(NoticeRecord, required=True)
    title = told(required=True)
    actor = fields.Nested(NoticeActor, required=True, allow_none=True)
    changed = fields.List(told(), required=True)
    activity = fields.Nested(NoticeActivity, required=True, allow_none=True)
    happened_at = moment(required=True)
    read = fields.Boolean(required=True)


class NoticesRead(Schema):
    """Which ones; all without a word."""

    up_to = Identifier(metadata={"description": "The latest that you have seen"})


class UnreadNotices(Schema):
    """How many are unread still."""

    unread = fields.Integer(required=True)


class NoticePage(Schema):
    """A page of them; `unread`: how many of all are."""

    items = fields.List(fields.Nested(Notice), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"format": "uri-reference"})
    unread = fields.Integer(required=True)
