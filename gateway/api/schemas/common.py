"""Kinds of field, pages, references: what the schemas of all resources are made of."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from chassis.paging import MAX_LIMIT
from contracts.fields import RECORD_KINDS
from gateway.language import said

NO_CONTROL = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


class Identifier(fields.UUID):
    """The id of a record; stays a string, as it travels between services."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError("Must be an id: a UUID as a string.")
        return str(super()._deserialize(value, *args, **kwargs))


class Owner(Identifier):
    """Who is put in charge: an active staff user or a group, which ``gateway.api.owners`` sees to."""

    def __init__(self, **kwargs: Any) -> None:
        """Nobody is taken too."""
        said = {"description": "Who is in charge: an active staff user or a group, see `GET /owners`"}
        super().__init__(allow_none=True, metadata=said, **kwargs)


class Sentence(fields.String):
    """A sentence that is given, in the language of who asks."""

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> str | None:
        return None if value is None else said(str(value))


class YesNo(fields.Boolean):
    """True or false in a JSON body, and nothing that could be meant so."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def words(limit: int = 255, *, least: int = 0, **kwargs: Any) -> fields.String:
    """A text that is taken: of bounded length, without control characters but tabs and line breaks."""
    checks = [*characters(limit, least=least), validate.Regexp(NO_CONTROL, error="Holds control characters.")]
    return fields.String(validate=checks, **kwargs)


def characters(limit: int, *, least: int = 0) -> list[validate.Length]:
    """How long a text may be, and what is said of another one."""
    short = "Is required: fill it in." if least == 1 else f"Is shorter than {least} characters: make it longer."
    long = validate.Length(max=limit, error=f"Is longer than {limit:,} characters: shorten it.")
    return [validate.Length(min=least, error=short), long] if least else [long]


def choice(*choices: str, **kwargs: Any) -> fields.String:
    """One word of a closed list, taken."""
    return fields.String(validate=validate.OneOf(choices), **kwargs)


def told(**kwargs: Any) -> fields.String:
    """A text that is given."""
    return fields.String(**kwargs)


def moment(**kwargs: Any) -> fields.String:
    """A point in time that is given: RFC 3339 in UTC."""
    return fields.String(metadata={"format": "date-time"}, **kwargs)


class PageQuery(Schema):
    """Which part of a growing list."""

    limit = fields.Integer(
        load_default=None, validate=validate.Range(min=1, max=MAX_LIMIT), metadata={"description": "Entries a page; 50"}
    )
    cursor = words(500, least=1, load_default=None, metadata={"description": "From the `next` of the page before"})


class SearchQuery(PageQuery):
    """A list that can be searched."""

    query = words(
        200, load_default=None, metadata={"description": "Words to look for; kana, width and case do not matter"}
    )


class RecordPointer(Schema):
    """Points at a record."""

    kind = choice(*RECORD_KINDS, required=True)
    id = Identifier(required=True)


class Done(Schema):
    """The thing was done."""

    id = Identifier(required=True)


def page(item: type[Schema]) -> type[Schema]:
    """A page of ``item``; ``next`` is the path of the following one, null at the end."""
    name = f"{item.__name__}Page"
    following = fields.String(required=True, allow_none=True, metadata={"format": "uri-reference"})
    return type(name, (Schema,), {"items": fields.List(fields.Nested(item), required=True), "next": following})
