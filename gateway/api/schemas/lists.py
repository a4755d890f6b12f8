"""Lists of contacts and organizations: what is asked for, saved lists."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from contracts.errors import MusubiError
from gateway import json_body
from gateway.api.blueprint import page_arguments
from gateway.api.schemas.common import Identifier, SearchQuery, YesNo, choice, moment, page, told, words

RECORD_KINDS = ("contact", "organization")
# About what fits into an address.
MAX_FILTER = 4_000
# Records that are named one by one.
MAX_CHOSEN = 1_000
FILTER_HELP = (
    'A group of conditions: {"match": "all" or "any", "conditions": [{"field": "mailing_state", "operator": "equals", '
    '"value": "東京都"}, …]}, groups in groups too. /contacts/fields and /organizations/fields tell what there is.'
)


class JsonText(fields.String):
    """A JSON object in a query parameter."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        if len(text) > MAX_FILTER:
            raise ValidationError(f"Is longer than {MAX_FILTER:,} characters: make it shorter.")
        try:
            found = json_body.parse(text.encode("utf-8", "replace"))
        except MusubiError as error:
            raise ValidationError(error.message) from error
        if not isinstance(found, dict):
            raise ValidationError("Must be a JSON object.")
        return found


class Narrowed(Schema):
    """What a list is narrowed by besides words to look for."""

    filter = JsonText(load_default=None, metadata={"description": FILTER_HELP, "contentMediaType": "application/json"})
    time_zone = words(
        50, load_default=None, metadata={"description": "In which days begin, like Europe/London; Asia/Tokyo"}
    )
    deleted = fields.Boolean(load_default=None, metadata={"description": "Those in the recycle bin"})
    starred = fields.Boolean(load_default=None, metadata={"description": "Those with a star of yours, or without"})


class SelectionQuery(Narrowed):
    """Which records a list holds."""

    query = words(200, load_default=None, metadata={"description": "Words to look for"})


class RecordQuery(Narrowed, SearchQuery):
    """Which records, in which order."""

    sort = words(50, load_default=None, metadata={"description": "A field; - before it for descending; -created_at"})


def listed(query: dict[str, Any], *, by: dict[str, Any]) -> dict[str, Any]:
    """The query of a list as the contacts service takes it; ``by`` is who looks (``gateway.calls.viewer``)."""
    asked = page_arguments(query)
    viewer = {**by, "time_zone": asked.pop("time_zone", None)}
    return {**asked, "reader": by["staff_user_id"], "viewer": viewer}


class Count(Schema):
    """How many records a list holds. `exact`: false where there are more than were counted."""

    count = fields.Integer(required=True)
    exact = fields.Boolean(required=True)


class ListField(Schema):
    """A field that lists can be filtered by. `choices`: the words it may hold, where they are a closed list."""

    name = told(required=True)
    type = told(required=True)
    operators = fields.List(told(), required=True)
    choices = fields.List(told(), required=True)
    sortable = fields.Boolean(required=True)


class ListViewChange(Schema):
    """What may change of a saved list; what is left out stays."""

    name = words(100, least=1)
    shared = YesNo(metadata={"description": "With everybody"})
    filter = fields.Dict(keys=words(20), metadata={"description": FILTER_HELP})
    columns = fields.List(words(50), validate=validate.Length(max=30))
    sort = words(50, least=1)


class ListViewIn(ListViewChange):
    """A new saved list."""

    record_kind = choice(*RECORD_KINDS, required=True)
    name = words(100, least=1, required=True)


class ListView(Schema):
    """A saved list: which records, which columns, in which order."""

    id = Identifier(required=True)
    record_kind = told(required=True)
    name = told(required=True)
    shared = fields.Boolean(required=True)
    staff_user_id = told(required=True)
    filter = fields.Dict(required=True)
    columns = fields.List(told(), required=True)
    sort = told(required=True)
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class ListViewQuery(Schema):
    """Of which kind of record."""

    record_kind = choice(*RECORD_KINDS, required=True)


ListFieldPage = page(ListField)
ListViewPage = page(ListView)
