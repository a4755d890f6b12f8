"""The queries of lists: which records, in which order, how many."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, text, true, tuple_
from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.folding import holds_words
from contacts_service.checks import LARGEST
from contacts_service.conditions import SQL, Viewer
from contacts_service.filters import Group

MOST_COUNTED = 10_000
# Before everything that has a value, in a list that is sorted upwards.
_ABSENT: dict[str, Any] = {"date": date(1, 1, 1), "number": -1}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records a list shows."""

    model: Any
    filter: Group
    viewer: Viewer
    query: str = ""
    deleted: bool = False
    further: tuple[ColumnElement[Any], ...] = ()

    def where(self) -> ColumnElement[Any]:
        """The condition. What was merged is not in the recycle bin, since its survivor holds it."""
        bin = [self.model.deleted_at.is_not(None), self.model.merged_into.is_(None)]
        shown = bin if self.deleted else [self.model.deleted_at.is_(None)]
        return and_(*shown, holds_words(self.model.search, self.query), self._group(self.filter), *self.further)

    def _group(self, group: Group) -> ColumnElement[Any]:
        parts = [
            self._group(part) if isinstance(part, Group) else SQL[part.type](self.model, part, self.viewer)
            for part in group.parts
        ]
        return and_(true(), *parts) if group.match_all or not parts else or_(false(), *parts)


@dataclass(frozen=True, slots=True)
class Order:
    """By what a list is sorted: a field's type and column, None: by when records came in."""

    type: str
    column: Any
    descending: bool

    def keys(self, model: Any) -> list[Any]:
        """What rows are compared by, the id last."""
        if self.column is None:
            return [model.id]
        absent = _ABSENT.get(self.type)
        return [self.column if absent is None else func.coalesce(self.column, absent), model.id]

    def values(self, row: Any) -> list[Any]:
        """The keys of a row, as a cursor holds them."""
        if self.column is None:
            return [row.id]
        value: Any = getattr(row, self.column.key)
        value = _ABSENT.get(self.type) if value is None else value
        return [clock.wire(value) if self.type == "moment" else value, row.id]

    def last_seen(self, cursor: str) -> list[Any]:
        """The keys that a cursor holds. Invalid if it is of a list in another order."""
        if self.column is None:
            return [paging.last_id(cursor)]
        value, last = paging.last_key(cursor)
        try:
            return [_UNWIRED.get(self.type, _text_value)(value), last]
        except (TypeError, ValueError, AttributeError) as error:
            raise paging.not_ours() from error


def _text_value(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _whole_value(value: Any) -> int:
    if not isinstance(value, int) or abs(value) > LARGEST:
        raise TypeError("no number")
    return value


_UNWIRED: dict[str, Callable[[Any], Any]] = {
    "date": date.fromisoformat,
    "moment": clock.unwire,
    "number": _whole_value,
    "flag": lambda value: bool(_whole_value(value)),
}


def page(session: Session, selection: Selection, order: Order, *, limit: int, cursor: str | None) -> list[Any]:
    """Up to ``limit`` records in their order, those after the cursor."""
    model = selection.model
    keys = order.keys(model)
    statement = select(model).where(selection.where())
    if cursor is not None:
        columns, seen = tuple_(*keys), tuple_(*order.last_seen(cursor), types=[key.type for key in keys])
        statement = statement.where(columns < seen if order.descending else columns > seen)
    ordered = [key.desc() if order.descending else key.asc() for key in keys]
    _plan_anew(session)
    return list(session.scalars(statement.order_by(*ordered).limit(limit)))


def count(session: Session, selection: Selection) -> int:
    """How many records there are, counted up to one more than MOST_COUNTED."""
    _plan_anew(session)
    some = select(selection.model.id).where(selection.where()).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def query_of_ids(session: Session, selection: Selection, *, limit: int) -> Any:
    """The query of the ids of up to ``limit`` records, to be run in this session."""
    _plan_anew(session)
    return select(selection.model.id.label("record_id")).where(selection.where()).limit(limit)


def _plan_anew(session: Session) -> None:
    """Let PostgreSQL plan for the values asked for.

    A statement that it met a few times it plans for any values alike; but whether to walk the order or to look up the
    words first depends on how many records hold them.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
