"""Dead letters and the live feed."""

from marshmallow import Schema, fields

from gateway.api.schemas.common import Identifier, moment, page, told, words


class DeadLetter(Schema):
    """An event that a service could not handle, after all tries."""

    id = Identifier(required=True)
    queue = told(required=True)
    event_id = told(required=True, allow_none=True)
    event_type = told(required=True, allow_none=True)
    error = told(required=True)
    attempts = fields.Integer(required=True)
    died_at = moment(required=True)
    replayed_at = moment(required=True, allow_none=True)


class DeadLetterInFull(DeadLetter):
    """A dead letter with the event as it arrived."""

    body = told(required=True)


class LiveQuery(Schema):
    """Which events."""

    types = words(
        500,
        load_default="",
        metadata={"description": "Beginnings of event types, with commas: `ticket.,lead.`"},
    )


DeadLetterPage = page(DeadLetter)
