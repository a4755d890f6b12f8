"""The image of a record: put, taken away, had back, read; who has none shows that of the last one merged in."""

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from chassis import clock
from contacts_service import changes, pictures, store
from contacts_service.image_models import FormerImage, Image
from contacts_service.kinds import Kind
from contacts_service.models import Merge
from contracts.errors import Conflict, Invalid, NotFound

Values = dict[str, Any]
MAX_TYPED = pictures.MAX_BYTES * 2


def put(tx: Any, kind: Kind, record_id: str, content: str | None, actor: Values | None) -> Values:
    """Give a record an image (base64), or none. NotFound; Invalid for what is no image."""
    row = changes.present(tx.session, kind, record_id, lock=True)
    if content is None:
        return _replace(tx, kind, row, None, actor)
    image = _decoded(content)
    new = Image(record_id=row.id, content_type=pictures.checked(image), content=image, put_at=clock.now())
    return _replace(tx, kind, row, new, actor)


def restore(tx: Any, kind: Kind, record_id: str, actor: Values | None) -> Values:
    """Give a record the image again that it had before; the present one can be had back in turn. NotFound, Conflict."""
    row = changes.present(tx.session, kind, record_id, lock=True)
    former = tx.session.get(FormerImage, row.id)
    if former is None:
        raise Conflict("The image from before is not there any more. Choose its file again.")
    image = Image(record_id=row.id, content_type=former.content_type, content=former.content, put_at=former.put_at)
    tx.session.delete(former)
    tx.session.flush()
    return _replace(tx, kind, row, image, actor)


def _replace(tx: Any, kind: Kind, row: Any, new: Image | None, actor: Values | None) -> Values:
    """Another image or none, where there is one; the one before is kept for a while."""
    before = tx.session.get(Image, row.id)
    told = {"field": "image", "old": before.content_type if before else None, "new": new.content_type if new else None}
    if before is None and new is None:
        return {"content_type": None}
    if before is not None:
        kept = {name: getattr(before, name) for name in ("record_id", "content_type", "content", "put_at")}
        tx.session.merge(FormerImage(**kept, gone_at=clock.now()))
    if new is not None:
        tx.session.merge(new)
    else:
        tx.session.delete(before)
    changes.note(tx, row.id, "updated", actor, fields=[told])
    now = {**changes.done_by(actor), **kind.facts(store.values(row))}
    tx.publish(kind.updated, subject=row.id, changed=["image"], changes=[told], **now)
    return {"content_type": told["new"]}


def forget_former(session: Session, before: datetime) -> None:
    """Nobody wants those back that went before a moment."""
    session.execute(delete(FormerImage).where(FormerImage.gone_at < before))


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
