"""What records are called."""

from marshmallow import Schema, fields

from gateway.api.schemas.common import Identifier, choice, page, told, words


class NameQuery(Schema):
    """Whose names."""

    ids = words(
        8_000,
        least=1,
        required=True,
        metadata={"description": "Up to 200 ids of contacts and organizations, separated by commas"},
    )


class Name(Schema):
    """What a record is called. ``last_name`` and ``first_name`` of people."""

    id = Identifier(required=True)
    kind = choice("contact", "organization", required=True)
    number = told(required=True)
    label = told(required=True)
    last_name = told()
    first_name = told()
    deleted = fields.Boolean(required=True)


NamePage = page(Name)
