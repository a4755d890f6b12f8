"""The image of a record: put, taken away, read; whoever has none shows that of the last one merged into it."""

from base64 import b64decode, b64encode
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from chassis import clock
from contacts_service import changes, pictures, store
from contacts_service.kinds import Kind
from contacts_service.models import Image, Merge
from contracts.errors import Invalid, NotFound

Values = dict[str, Any]
MAX_TYPED = pictures.MAX_BYTES * 2


def put(tx: Any, kind: Kind, record_id: str, content: str | None, actor: Values | None) -> Values:
    """Give a record an image (base64), or none. NotFound; Invalid for what is no image."""
    row = changes.present(tx.session, kind, record_id, lock=True)
    before = tx.session.get(Image, row.id)
    if content is None and before is None:
        return {"content_type": None}
    told = {"field": "image", "old": before.content_type if before else None, "new": None}
    if content is not None:
        image = _decoded(content)
        told["new"] = pictures.checked(image)
        tx.session.merge(Image(record_id=row.id, content_type=told["new"], content=image, put_at=clock.now()))
    else:
        tx.session.execute(delete(Image).where(Image.record_id == row.id))
    changes.note(tx, row.id, "updated", actor, fields=[told])
    now = {**changes.done_by(actor), **kind.facts(store.values(row))}
    tx.publish(kind.updated, subject=row.id, changed=["image"], changes=[told], **now)
    return {"content_type": told["new"]}


def _decoded(content: Any) -> bytes:
    try:
        if len(content) <= MAX_TYPED:
            return b64decode(content, validate=True)
    except (TypeError, ValueError):
        pass
    raise Invalid("The image cannot be saved.", fields={"image": ["Send the file in base64, at most 700 KB of it."]})


def read(session: Session, kind: Kind, record_id: str) -> Values:
    """The image as ``{content: base64, size, content_type, name}``. NotFound where there is none."""
    row = changes.present(session, kind, record_id)
    merged = select(Merge.other_id).where(Merge.survivor_id == row.id, Merge.undone_at.is_(None))
    theirs = select(Image).where(or_(Image.record_id == row.id, Image.record_id.in_(merged)))
    found = sorted(session.scalars(theirs), key=lambda image: (image.record_id == row.id, image.record_id))
    if not found:
        raise NotFound(f"This {kind.name} has no image.")
    image = found[-1]
    name = f"{row.number}.{image.content_type.rpartition('/')[2]}"
    content = b64encode(image.content).decode()
    return {"content": content, "size": len(image.content), "content_type": image.content_type, "name": name}
