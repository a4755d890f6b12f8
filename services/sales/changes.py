"""What a change of a record does in one transaction: its row, what it comes to, and the event that tells it."""

from typing import Any
from zoneinfo import ZoneInfo

from chassis import clock
from chassis.ids import new_id
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed
from services.sales import domain, fields, issuer, store, unions
from services.sales.kinds import INVOICE, OPPORTUNITY, QUOTE, Kind, facts, wire, worked_out
from services.sales.money import amount
from services.sales.parties import Parties

Values = dict[str, Any]

# Documents are dated as the calendar hangs on the wall in Japan.
OFFICE = ZoneInfo("Asia/Tokyo")
COPIED = (
    *("subject", "opportunity_id", "currency", "tax_included", "rounding", "lines", "notes"),
    *("rates", "net", "tax", "total"),
    *("recipient", "contact_id", "original_contact_id", "organization_id", "original_organization_id"),
)


def today() -> Any:
    """The date in the office."""
    return clock.now().astimezone(OFFICE).date()


def existing(session: Any, kind: Kind, record_id: Any, *, lock: bool = False) -> Any:
    """The row of a record, deleted or not. NotFound if it never was."""
    identity = domain.checked_id(record_id)
    row = store.record(session, kind.model, identity, lock=lock) if identity else None
    if row is None:
        raise NotFound(f"There is no such {kind.name}. Search for it.")
    return row


def present(session: Any, kind: Kind, record_id: Any, *, lock: bool = False) -> Any:
    """The row of a record. NotFound if it never was or is deleted."""
    row = existing(session, kind, record_id, lock=lock)
    if row.deleted_at:
        raise NotFound(f"There is no such {kind.name} any more. Look for it in the recycle bin.")
    return row


def prefilled(session: Any, kind: Kind, values: Values) -> Values:
    """``values`` of a new document with those of the opportunity that it names, where they were left out."""
    row = store.record(session, OPPORTUNITY.model, values["opportunity_id"]) if values.get("opportunity_id") else None
    if row is None:
        return values
    taken = {name: getattr(row, name) for name in ("contact_id", "organization_id", "currency")}
    return {**taken, "subject": row.name, **values}


def create(tx: Any, kind: Kind, values: Values, parties: Parties, actor: Values | None, **own: Any) -> Values:
    """A new record; its wire form. ``own``: columns that nobody types. Of a lead there is one: the same again."""
    store.hold_numbers(tx.session)
    if own.get("lead_id") and (opened := store.opportunity_of_lead(tx.session, own["lead_id"])):
        return wire(kind, store.values(opened))
    parties.checked()
    defaults = _document_defaults(tx.session, kind) if kind.is_document else _opportunity_defaults(values)
    row = {**_new_row(tx.session, kind, actor), **values, **_chosen(tx.session, parties), **own}
    row = defaults | row if kind.is_document else row | defaults | own
    row["owner_id"] = row.get("owner_id") or (actor or {}).get("staff_user_id")
    if kind.is_document:
        row["recipient"] = parties.recipient
        _check_new_document(tx.session, row)
    row |= _worked_out(kind, row, set(values))
    return _added(tx, kind, row)


def _added(tx: Any, kind: Kind, row: Values) -> Values:
    row["search"] = domain.search_text(kind.name, row)
    tx.session.add(kind.model(**row))
    tx.session.flush()
    tx.publish(kind.created, subject=row["id"], **facts(kind, row))
    return wire(kind, row)


def _new_row(session: Any, kind: Kind, actor: Values | None) -> Values:
    now = clock.now()
    return {
        "id": new_id(),
        "number": store.take_number(session, kind.name),
        "version": 1,
        "currency": "JPY",
        "modified_by": (actor or {}).get("staff_user_id"),
        "created_at": now,
        "updated_at": now,
        "deleted_at": None,
    }


def _document_defaults(session: Any, kind: Kind) -> Values:
    settings, _ = store.issuer_settings(session)
    last_day = {"due_date": None, "quote_id": None} if kind is INVOICE else {"valid_until": None}
    return {
        "stage": domain.CREATED,
        "issue_date": today(),
        "opportunity_id": None,
        "tax_included": False,
        "rounding": settings["rounding"],
        "lines": [],
        "notes": "",
        "issuer": None,
        **last_day,
    }


def _opportunity_defaults(values: Values) -> Values:
    empty = {"amount": None, "expected_close": None, "lead_id": None, "closed_on": None}
    texts = dict.fromkeys(("lead_source", "next_step", "closing_reason", "description"), "")
    # As if it had been at no stage before, so that what follows from its stage is worked out.
    begun = {"stage": "Prospecting"} | values
    return {**empty, **texts, **domain.opportunity_values({"stage": "", "closed_on": None}, begun, today=today())}


def _chosen(session: Any, parties: Parties) -> Values:
    return {
        "contact_id": unions.present(session, parties.contact_id),
        "original_contact_id": parties.contact_id,
        "organization_id": unions.present(session, parties.organization_id),
        "original_organization_id": parties.organization_id,
    }


def _check_new_document(session: Any, row: Values) -> None:
    if row["stage"] != domain.CREATED:
        raise Invalid("A new document is Created.", fields={"stage": ["Leave it out, and change it afterwards."]})
    if not row.get("subject"):
        raise Invalid("The document needs a subject.", fields={"subject": ["Fill it in."]})
    _check_opportunity(session, row["opportunity_id"])


def _check_opportunity(session: Any, opportunity_id: str | None) -> None:
    if not opportunity_id:
        return
    row = store.record(session, OPPORTUNITY.model, opportunity_id)
    if row is None or row.deleted_at:
        fault = ["There is no such opportunity: choose another one or none."]
        raise Invalid("The document cannot be saved: its opportunity is not there.", fields={"opportunity_id": fault})


def _worked_out(kind: Kind, row: Values, written: set[str]) -> Values:
    """What is kept of what was typed (``written``: fields), and what follows from it."""
    if not kind.is_document:
        if not row.get("name"):
            raise Invalid("An opportunity needs a name.", fields={"name": ["Fill it in."]})
        typed = row["amount"] if "amount" in written or row["amount"] is None else None
        return {} if typed is None else {"amount": fields.minor(typed, row["currency"], "amount")}
    domain.check_addressed(row)
    domain.check_dates(row)
    return worked_out(row)


def needs_parties(kind: Kind, row: Any, values: Values) -> bool:
    """Whether contacts is to be asked before a change: another customer is named, or the document is issued."""
    return named_parties(values) or (kind.is_document and _issues(row, values))


def named_parties(values: Values) -> bool:
    """Whether a change names whom the record is for."""
    return bool({"contact_id", "organization_id"} & set(values))


def _issues(row: Any, values: Values) -> bool:
    return bool(row.stage == domain.CREATED and values.get("stage", domain.CREATED) != domain.CREATED)


def update(
    tx: Any, kind: Kind, record_id: Any, values: Values, version: int, parties: Parties | None, actor: Values | None
) -> Values:
    """The named fields changed; PreconditionFailed if somebody else changed the record since ``version`` was read."""
    if parties:
        store.hold_numbers(tx.session)
        _check_parties(parties, values)
    row = present(tx.session, kind, record_id, lock=True)
    if row.version != version:
        raise PreconditionFailed(f"The {kind.name} was changed meanwhile: read it again and repeat your change.")
    before = store.values(row)
    changes = _changes(tx.session, kind, before, dict(values), parties)
    changed = sorted(name for name in {*values} & {*changes} if before[name] != changes[name])
    if changed:
        if kind.is_document:
            domain.check_stage(kind.name, row.stage, changes.get("stage", row.stage))
            domain.check_writable(row.stage, changed, domain.number(kind.name, row.number))
            changes |= _issuing(tx.session, row, changes)
        _save(row, changes, kind, actor)
        _tell(tx, kind, row, changed)
    return wire(kind, store.values(row))


def _check_parties(parties: Parties, values: Values) -> None:
    """Who was deleted since stands on the document as before; who is newly chosen must be there."""
    if named_parties(values) or not isinstance(parties.error, Invalid):
        parties.checked()


def _changes(session: Any, kind: Kind, before: Values, values: Values, parties: Parties | None) -> Values:
    """What a change makes of the columns."""
    changes = dict(values)
    if parties and named_parties(values):
        changes |= _chosen(session, parties)
    if kind.is_document:
        if "opportunity_id" in values:
            _check_opportunity(session, values["opportunity_id"])
        if parties and not parties.error:
            changes["recipient"] = parties.recipient
    else:
        if "currency" in values and "amount" not in values:
            changes["amount"] = amount(before["amount"], before["currency"])
        changes = domain.opportunity_values(before, changes, today=today())
    return changes | _worked_out(kind, {**before, **changes}, set(changes))


def _issuing(session: Any, row: Any, changes: Values) -> Values:
    """Who issues the document is fixed when it is issued, and open again when it is taken back."""
    stage = changes.get("stage", row.stage)
    if _issues(row, changes):
        settings, _ = store.issuer_settings(session)
        issuer.check_complete(settings)
        domain.check_lines({"lines": changes.get("lines", row.lines)})
        return {"issuer": settings}
    return {"issuer": None} if stage == domain.CREATED else {}


def _save(row: Any, changes: Values, kind: Kind, actor: Values | None) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.version, row.updated_at = row.version + 1, clock.now()
    row.modified_by = (actor or {}).get("staff_user_id")
    row.search = domain.search_text(kind.name, store.values(row))


def _tell(tx: Any, kind: Kind, row: Any, changed: list[str]) -> None:
    contract = kind.reached.get(row.stage, kind.updated) if "stage" in changed else kind.updated
    reason = {"reason": row.closing_reason} if contract in OPPORTUNITY.reached.values() else {}
    tx.publish(contract, subject=row.id, changed=changed, **reason, **facts(kind, store.values(row)))


def delete(tx: Any, kind: Kind, record_id: Any, actor: Values | None) -> Values:
    """Into the recycle bin. Conflict for an invoice that was issued: the law wants it kept."""
    row = present(tx.session, kind, record_id, lock=True)
    if kind is INVOICE and row.stage != domain.CREATED:
        number = domain.number(kind.name, row.number)
        raise Conflict(f"{number} is {row.stage}: an invoice that was issued is kept. Cancel it instead.")
    _save(row, {"deleted_at": clock.now()}, kind, actor)
    tx.publish(kind.deleted, subject=row.id, **facts(kind, store.values(row)))
    return {"id": row.id}


def restore(tx: Any, kind: Kind, record_id: Any, actor: Values | None) -> Values:
    """Out of the recycle bin. Conflict if it is not there, or if its quote has another invoice by now."""
    row = existing(tx.session, kind, record_id, lock=True)
    if not row.deleted_at:
        raise Conflict(f"The {kind.name} is not in the recycle bin.")
    if kind is INVOICE and row.quote_id:
        present(tx.session, QUOTE, row.quote_id, lock=True)
        _check_not_invoiced(tx.session, row.quote_id)
    _save(row, {"deleted_at": None}, kind, actor)
    tx.publish(kind.restored, subject=row.id, **facts(kind, store.values(row)))
    return wire(kind, store.values(row))


def invoice_quote(tx: Any, quote_id: Any, values: Values, actor: Values | None) -> Values:
    """An invoice of a quote, with its lines as they are. Conflict if it has one already, or was rejected."""
    store.hold_numbers(tx.session)
    quote = present(tx.session, QUOTE, quote_id, lock=True)
    if quote.stage == domain.REJECTED:
        raise Conflict("The quote was rejected: nothing is to be paid for it.")
    _check_not_invoiced(tx.session, quote.id)
    copied = {name: getattr(quote, name) for name in COPIED}
    row = {**_new_row(tx.session, INVOICE, actor), **_document_defaults(tx.session, INVOICE), **copied, **values}
    row |= {"quote_id": quote.id, "owner_id": quote.owner_id}
    domain.check_dates(row)
    return _added(tx, INVOICE, row)


def _check_not_invoiced(session: Any, quote_id: str) -> None:
    if other := store.invoice_of_quote(session, quote_id):
        number = domain.number("invoice", other.number)
        raise Conflict(f"{number} was made of this quote already: use that one, or cancel it.", invoice_id=other.id)


def update_issuer(tx: Any, values: Values, version: int) -> Values:
    """The named settings changed."""
    settings, present_version = store.issuer_settings(tx.session, lock=True)
    if version != present_version:
        raise PreconditionFailed("The settings were changed meanwhile: read them again and repeat your change.")
    settings |= values
    store.save_issuer(tx.session, settings, version=version + 1)
    return {**settings, "version": version + 1, "hints": issuer.hints(settings)}
