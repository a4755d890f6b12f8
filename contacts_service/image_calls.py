"""The entrypoints of images. Part of ``service.py``."""

from typing import Any

from chassis import rpc
from contacts_service import images
from contacts_service.kinds import KINDS

Values = dict[str, Any]


class ImageCalls:
    """Images of contacts and organizations."""

    db: Any

    @rpc
    def put_image(
        self,
        *,
        kind: str,
        id: str,
        content: str | None,
        actor: Values | None = None,
        idempotency_key: str | None = None,
    ) -> Values:
        """Give a record an image (base64; null: none any more). Invalid for what is no PNG, JPEG, GIF or WebP."""
        with self.db.transaction(once=idempotency_key, request={"image": content, "of": [kind, id]}) as tx:
            if tx.answer is None:
                tx.answer = images.put(tx, KINDS[kind], id, content, actor)
        return dict(tx.answer)

    @rpc
    def restore_image(
        self, *, kind: str, id: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """Give a record the image again that it had before the present one. Conflict where it had none, long ago."""
        with self.db.transaction(once=idempotency_key, request={"restore": "image", "of": [kind, id]}) as tx:
            if tx.answer is None:
                tx.answer = images.restore(tx, KINDS[kind], id, actor)
        return dict(tx.answer)

    @rpc
    def image(self, *, kind: str, id: str) -> Values:
        """The image of a record, as base64. NotFound where it has none."""
        with self.db.session() as session:
            return images.read(session, KINDS[kind], id)
