"""Documents: files with a record."""

from marshmallow import Schema, fields

from contracts.fields import RECORD_KINDS
from gateway.api.schemas.common import Identifier, PageQuery, RecordPointer, choice, moment, page, told, words


class UploadQuery(Schema):
    """With which record a file is put, and what it is called."""

    kind = choice(*RECORD_KINDS, required=True)
    id = Identifier(required=True)
    name = words(255, least=1, required=True, metadata={"description": "The name of the file, with its ending"})


class DocumentQuery(PageQuery):
    """Whose documents; of the recycle bin everybody's where no record is named."""

    kind = choice(*RECORD_KINDS, load_default=None, metadata={"description": "With id: those of a record"})
    id = Identifier(load_default=None)
    deleted = fields.Boolean(load_default=None, metadata={"description": "Those in the recycle bin"})
    query = words(200, load_default=None, metadata={"description": "In the recycle bin: what has this in its name"})


class Document(Schema):
    """A file with a record. `content_type` is told by its bytes, `digest` is their SHA-256 in hex."""

    id = Identifier(required=True)
    record = fields.Nested(RecordPointer)
    name = told(required=True)
    content_type = told(required=True)
    size = fields.Integer(required=True)
    digest = told(required=True)
    version = fields.Integer(required=True)
    staff_user_id = told(allow_none=True)
    author_name = told(allow_none=True)
    created_at = moment(required=True)
    deleted_at = moment(allow_none=True)
    deleted_by = told(allow_none=True)


DocumentPage = page(Document)
