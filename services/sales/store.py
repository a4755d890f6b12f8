"""Every query of sales."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import paging
from services.sales import domain, issuer
from services.sales.models import Invoice, Issuer, Number, Opportunity

Values = dict[str, Any]
_ISSUER = "issuer"


def values(row: Any) -> Values:
    """The columns of a row by name."""
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def hold_numbers(session: Session) -> None:
    """Let nobody else say which contact a record is for, nor merge contacts, until this transaction ends."""
    session.execute(select(Number.name).order_by(Number.name).with_for_update()).all()


def take_number(session: Session, kind: str) -> int:
    """The next number of a kind; whoever wants one too waits until this transaction ends."""
    taken = update(Number).where(Number.name == kind).values(last=Number.last + 1).returning(Number.last)
    return session.execute(taken, execution_options={"synchronize_session": False}).scalar_one()


def record(session: Session, model: Any, record_id: str, *, lock: bool = False) -> Any:
    """A record, deleted or not."""
    return session.get(model, record_id, with_for_update=True if lock else None)


def records(model: Any, *, equal: Mapping[str, str | None], query: str | None, deleted: bool) -> Any:
    """The query of the records whose columns are ``equal`` where named; with ``deleted`` of the bin."""
    wanted = select(model).where(model.deleted_at.is_not(None) if deleted else model.deleted_at.is_(None))
    for name, value in equal.items():
        if value is not None:
            wanted = wanted.where(getattr(model, name) == value)
    if query:
        wanted = wanted.where(model.search.contains(domain.folded(query), autoescape=True))
    return wanted


def page(
    session: Session, model: Any, wanted: Any, *, limit: int | None, cursor: str | None
) -> tuple[list[Any], str | None]:
    """One page of records, newest first."""
    following = wanted.where(model.id < paging.last_id(cursor)) if cursor else wanted
    length = paging.bounded(limit)
    rows = list(session.scalars(following.order_by(model.id.desc()).limit(length + 1)))
    return paging.page(rows, length, key=lambda row: [row.id])


def invoice_of_quote(session: Session, quote_id: str) -> Invoice | None:
    """The invoice of a quote that was neither cancelled nor deleted."""
    live = (Invoice.quote_id == quote_id, Invoice.deleted_at.is_(None), Invoice.stage != "Cancelled")
    return session.scalars(select(Invoice).where(*live)).one_or_none()


def opportunity_of_lead(session: Session, lead_id: str) -> Opportunity | None:
    """The opportunity that a lead's conversion opened."""
    return session.scalars(select(Opportunity).where(Opportunity.lead_id == lead_id)).one_or_none()


def issuer_settings(session: Session, *, lock: bool = False) -> tuple[Values, int]:
    """The settings of who issues documents, and their version; empty ones of version 0 before anybody wrote them."""
    row = session.get(Issuer, _ISSUER, with_for_update=True if lock else None)
    return (dict(issuer.EMPTY), 0) if row is None else ({**issuer.EMPTY, **row.settings}, row.version)


def save_issuer(session: Session, settings: Values, *, version: int) -> None:
    """Keep the settings under their next version."""
    session.merge(Issuer(name=_ISSUER, version=version, settings=settings))
