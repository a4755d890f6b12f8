"""One table: what was done, by which event."""

from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.tables import Serial, declarative_base_for

Base: Any = declarative_base_for("sample")


class Effect(Base):
    """One row per effect; nothing unique, so that a doubled effect shows."""

    __tablename__ = "effects"

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(String(64))
    batch: Mapped[int] = mapped_column(Integer)
