"""Events of documents: files with a record."""

from marshmallow import fields

from contracts.base import EventContract
from contracts.fields import RecordRef, count, identifier, text


class DocumentEvent(EventContract):
    """What all events of a document tell. ``content_type``: told by its bytes; ``digest``: their SHA-256, in hex."""

    source = "history"
    document_id = identifier()
    record = fields.Nested(RecordRef, required=True)
    name = text()
    content_type = text(100)
    size = count()
    digest = text(64)


class DocumentAdded(DocumentEvent):
    """Emitted when a file was put with a record and is there in whole, once per document."""

    type = "document.added.v1"


class DocumentRemoved(DocumentEvent):
    """Emitted when a document went into the recycle bin, once per time."""

    type = "document.removed.v1"


class DocumentRestored(DocumentEvent):
    """Emitted when a document came back from the recycle bin, once per time."""

    type = "document.restored.v1"
