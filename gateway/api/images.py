"""Images of contacts and organizations."""

from base64 import b64decode, b64encode
from typing import Any

from gateway import downloads
from gateway.api.blueprint import Resource
from gateway.api.schemas import people as schemas
from gateway.calls import services

BYTES = {"type": "string", "format": "binary"}

images = Resource("images", description="Images of contacts and organizations.")


def _shown(image: dict[str, Any]) -> Any:
    content = b64decode(image["content"])

    def piece(offset: int, length: int) -> dict[str, Any]:
        return {**image, "content": b64encode(content[offset : offset + length]).decode()}

    return downloads.download(piece)


@images.route("/contacts/<uuid:id>/image", methods=["GET"])
@images.response(200, BYTES, content_type="application/octet-stream")
def get_contact_image(id: Any) -> Any:
    """Read the image of a contact

    PNG, JPEG, GIF or WebP. Of one that has none: the image of the last one that was merged into it.
    """
    return _shown(services().contacts.image(kind="contact", id=str(id)))


@images.route("/contacts/<uuid:id>/image", methods=["PUT"])
@images.arguments(schemas.ImageIn)
@images.once
@images.response(204)
def put_contact_image(data: dict[str, Any], id: Any, by: Any) -> None:
    """Give a contact an image

    PNG, JPEG, GIF or WebP, at most 700 KB and 6,000 points on a side.
    """
    services().contacts.put_image(kind="contact", id=str(id), **data, **by)


@images.route("/contacts/<uuid:id>/image", methods=["DELETE"])
@images.once
@images.response(204)
def delete_contact_image(id: Any, by: Any) -> None:
    """Take the image of a contact away

    It can be restored for 90 days.
    """
    services().contacts.put_image(kind="contact", id=str(id), content=None, **by)


@images.route("/contacts/<uuid:id>/image/restore", methods=["POST"])
@images.once
@images.response(204)
def restore_contact_image(id: Any, by: Any) -> None:
    """Give a contact the image from before again

    The last one that was taken away or replaced; 409 where there is none any more. The present one takes its place.
    """
    services().contacts.restore_image(kind="contact", id=str(id), **by)


@images.route("/organizations/<uuid:id>/image", methods=["GET"])
@images.response(200, BYTES, content_type="application/octet-stream")
def get_organization_image(id: Any) -> Any:
    """Read the image of an organization

    PNG, JPEG, GIF or WebP. Of one that has none: the image of the last one that was merged into it.
    """
    return _shown(services().contacts.image(kind="organization", id=str(id)))


@images.route("/organizations/<uuid:id>/image", methods=["PUT"])
@images.arguments(schemas.ImageIn)
@images.once
@images.response(204)
def put_organization_image(data: dict[str, Any], id: Any, by: Any) -> None:
    """Give an organization an image

    PNG, JPEG, GIF or WebP, at most 700 KB and 6,000 points on a side.
    """
    services().contacts.put_image(kind="organization", id=str(id), **data, **by)


@images.route("/organizations/<uuid:id>/image", methods=["DELETE"])
@images.once
@images.response(204)
def delete_organization_image(id: Any, by: Any) -> None:
    """Take the image of an organization away

    It can be restored for 90 days.
    """
    services().contacts.put_image(kind="organization", id=str(id), content=None, **by)


@images.route("/organizations/<uuid:id>/image/restore", methods=["POST"])
@images.once
@images.response(204)
def restore_organization_image(id: Any, by: Any) -> None:
    """Give an organization the image from before again

    The last one that was taken away or replaced; 409 where there is none any more. The present one takes its place.
    """
    services().contacts.restore_image(kind="organization", id=str(id), **by)
