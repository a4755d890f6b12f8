"""The tables of images. Part of ``models.py``."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Bytes, Id, UtcDateTime
from contacts_service.base import Base


class ImageColumns:
    """An image as it was uploaded and checked."""

    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    content_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(Bytes)
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Image(ImageColumns, Base):
    """The image of a contact or an organization."""

    __tablename__ = "images"


class FormerImage(ImageColumns, Base):
    """The image that a record had before the present one or none: it can be had back for a while."""

    __tablename__ = "former_images"

    gone_at: Mapped[datetime] = mapped_column(UtcDateTime)
