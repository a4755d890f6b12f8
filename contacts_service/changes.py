"""What a change of a record does in one transaction: its row, its addresses in the book, and the events of both."""

from collections.abc import Iterable
from typing import Any

from chassis import clock
from chassis.ids import new_id
from contacts_service import domain, fields, likeness, match_keys, opt_outs, shared_settings, store, superiors
from contacts_service.kinds import CONTACT, ORGANIZATION, Kind, wire
from contracts import AddressAssigned, AddressReleased, Event
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed
from contracts.fields import identity_or_none

Values = dict[str, Any]


def existing(session: Any, kind: Kind, record_id: str, *, lock: bool = False) -> Any:
    """The row of a record, deleted or not. NotFound if it never was."""
    identity = identity_or_none(record_id)
    row = store.record(session, kind.model, identity, lock=lock) if identity else None
    if row is None:
        raise NotFound(f"There is no such {kind.name}. Search for it.")
    return row


def present(session: Any, kind: Kind, record_id: str, *, lock: bool = False) -> Any:
    """The row of a record. NotFound if it never was, is deleted, or was merged (then ``extra`` names the survivor)."""
    row = existing(session, kind, record_id, lock=lock)
    if row.merged_into:
        raise merged_away(kind, row)
    if row.deleted_at:
        raise NotFound(f"There is no such {kind.name} any more. Look for it in the recycle bin.")
    return row


def merged_away(kind: Kind, row: Any) -> NotFound:
    """The refusal that names the survivor."""
    return NotFound(f"This {kind.name} was merged: open the survivor.", survivor_id=row.merged_into)


def create(tx: Any, kind: Kind, data: Any, actor: Values | None) -> Values:
    """A new record; its wire form."""
    values = fields.new_values(data, kind.fields)
    values["owner_id"] = values["owner_id"] or (actor or {}).get("staff_user_id")
    # As for a new number, which is taken below.
    store.hold_tree(tx.session, kind.name)
    check(tx.session, kind, None, values, values)
    values |= copied_addresses(tx.session, values, values, given=data)
    [number] = store.take_numbers(tx.session, kind.name)
    row = domain.new_row(new_id(), number=number, values=values, moment=clock.now(), actor=actor)
    entries = entries_of(kind, row)
    store.add_records(tx.session, kind.model, [row], entries=entries)
    tx.publish(kind.created, subject=row["id"], **done_by(actor), **kind.facts(row))
    announce(tx, [], entries)
    tell_switches(tx, kind, row, [name for name, value in values.items() if value is True])
    note(tx, row["id"], "created", actor)
    return wire(kind, row)


def update(tx: Any, kind: Kind, record_id: str, data: Any, version: int, actor: Values | None = None) -> Values:
    """The named fields changed; PreconditionFailed if somebody else changed the record since ``version`` was read."""
    changes = fields.changed_values(data, kind.fields)
    if changes.keys() & {kind.superior, *likeness.COMPARED}:
        # Before any row, as everywhere: two who are put under each other would wait for each other's rows, two who get
        # the same match key would not see each other, and whoever merges an organization locks its contacts after it.
        store.hold_tree(tx.session, kind.name)
    row = present(tx.session, kind, record_id, lock=True)
    if row.version != version:
        raise PreconditionFailed(f"The {kind.name} was changed meanwhile: read it again and repeat your change.")
    before = store.values(row)
    check(tx.session, kind, row.id, anew(kind, before, changes), {**before, **changes})
    if changes.get("organization_id") != before.get("organization_id"):
        changes |= copied_addresses(tx.session, before, changes, given=changes)
    save(tx, kind, row, changes, actor)
    return wire(kind, store.values(row))


def anew(kind: Kind, before: Values, changes: Values) -> Values:
    """Those of ``changes`` that are to be checked.

    A link that stays as it is may lead into the recycle bin: whoever is there may come back.
    """
    return {name: value for name, value in changes.items() if name != kind.superior or value != before[name]}


def copied_addresses(session: Any, contact: Values, changes: Values, *, given: Iterable[str]) -> Values:
    """What a contact takes over from the organization that is chosen for it, where the settings say so."""
    organization_id = changes.get("organization_id")
    if not organization_id or shared_settings.address_copy(session) != shared_settings.ALWAYS:
        return {}
    organization = store.record(session, ORGANIZATION.model, organization_id)
    return domain.copied_addresses(store.values(organization), contact, given)


def address_copy(session: Any, organization_id: str) -> Values:
    """What a form may take over from an organization, and whether it is to do so. NotFound."""
    row = present(session, ORGANIZATION, organization_id)
    nothing = dict.fromkeys(CONTACT.fields, "")
    copied = domain.copied_addresses(store.values(row), nothing)
    return {"address_copy": shared_settings.address_copy(session), "values": copied}


def save(tx: Any, kind: Kind, row: Any, changes: Values, actor: Values | None = None) -> None:
    """Write ``changes`` into the row, bring the book in line and say so; nothing at all if nothing differs."""
    before = store.values(row)
    changes = opt_outs.noted(before, changes, actor, clock.now())
    differing = domain.differences(before, changes)
    if not differing:
        return
    changed = opt_outs.typed(differing)
    told = domain.field_changes(before, changes, changed)
    note(tx, row.id, "updated", actor, fields=told)
    for name in differing:
        setattr(row, name, changes[name])
    touch(row, actor)
    index(row)
    values = store.values(row)
    tx.publish(kind.updated, subject=row.id, changed=changed, changes=told, **done_by(actor), **kind.facts(values))
    tell_switches(tx, kind, values, changed)
    enter(tx, kind, values)


def index(row: Any) -> None:
    """Bring in line what searches and sorted lists look into."""
    for name, value in domain.looked_into(store.values(row)).items():
        setattr(row, name, value)


def delete(tx: Any, kind: Kind, record_id: str, actor: Values | None = None) -> Values:
    """Into the recycle bin; its addresses stand for it no more."""
    store.hold_tree(tx.session, kind.name)
    row = present(tx.session, kind, record_id, lock=True)
    check_deletable(tx.session, kind, row)
    remove(row, actor)
    note(tx, row.id, "deleted", actor)
    tx.publish(kind.deleted, subject=row.id, **{f"{kind.name}_id": row.id})
    strike(tx, row.id)
    return {"id": row.id, "deleted": True}


def check_deletable(session: Any, kind: Kind, row: Any) -> None:
    """Conflict where contacts belong to a record that is to go into the recycle bin."""
    if kind is ORGANIZATION and store.has_contacts(session, row.id):
        raise Conflict("Contacts still belong to this organization: move or delete them first.")


def remove(row: Any, actor: Values | None) -> None:
    """Mark a row as deleted; what it holds stays for a restore."""
    touch(row, actor)
    row.deleted_at = row.updated_at


def restore(tx: Any, kind: Kind, record_id: str, actor: Values | None = None) -> Values:
    """Back from the recycle bin with all it held; its addresses stand for it again. The wire form.

    Conflict where its organization is in the bin itself. One that is not in the bin stays as it is.
    """
    store.hold_tree(tx.session, kind.name)
    row = existing(tx.session, kind, record_id, lock=True)
    if comes_back(tx.session, kind, row):
        touch(row, actor)
        row.deleted_at = None
        note(tx, row.id, "restored", actor)
        values = store.values(row)
        tx.publish(kind.restored, subject=row.id, **kind.facts(values))
        enter(tx, kind, values)
    return wire(kind, store.values(row))


def comes_back(session: Any, kind: Kind, row: Any) -> bool:
    """Whether a record is in the recycle bin and may leave it. NotFound if it was merged; Conflict as ``restore``."""
    if row.merged_into:
        raise merged_away(kind, row)
    if row.deleted_at:
        check_organization_is_there(session, row)
    return bool(row.deleted_at)


def check_organization_is_there(session: Any, row: Any) -> None:
    """Conflict where a record that is to come back belongs to an organization that is in the recycle bin."""
    organization_id = getattr(row, "organization_id", None)
    if organization_id and not store.has_organization(session, organization_id):
        raise Conflict("The organization of this contact is in the recycle bin: restore that first.")


def touch(row: Any, actor: Values | None) -> None:
    """Count the version up, with the moment and whoever did it."""
    row.version, row.updated_at, row.modified_by = row.version + 1, *touched_by(actor).values()


def touched_by(actor: Values | None) -> Values:
    """When and by whom a record is changed that is changed now."""
    return {"updated_at": clock.now(), "modified_by": (actor or {}).get("staff_user_id")}


def done_by(actor: Values | None) -> Values:
    """Whose deed an event tells of."""
    return {"actor_id": (actor or {}).get("staff_user_id")}


def tell_switches(tx: Any, kind: Kind, values: Values, names: Iterable[str]) -> None:
    """The events of those fields among ``names``, which changed, that are yes or no."""
    changed = set(names)
    for (name, value), event in kind.switched.items():
        if name in changed and values[name] is value:
            noted = _told_of_opt_out(values) if (name, value) == (opt_outs.FLAG, True) else {}
            tx.publish(event, subject=values["id"], **{f"{kind.name}_id": values["id"]}, **noted)


def _told_of_opt_out(values: Values) -> Values:
    moment = values["opted_out_at"]
    return {**{name: values[name] for name in opt_outs.NOTED}, "opted_out_at": moment and clock.wire(moment)}


def note(tx: Any, record_id: str, what: str, actor: Values | None, **more: Any) -> None:
    """Remember who did what to a record; nobody, where the system did it by itself."""
    store.add_change(tx.session, noted(record_id, what, actor, **more))


def noted(record_id: str, what: str, actor: Values | None, **more: Any) -> Values:
    """What ``note`` remembers."""
    who = actor or {}
    by = {"staff_user_id": who.get("staff_user_id"), "staff_name": who.get("name")}
    return {"record_id": record_id, "what": what, "changed_at": clock.now(), **by, **more}


def enter(tx: Any, kind: Kind, values: Values) -> None:
    """A present record is found by its addresses, and as a likely duplicate."""
    rebook(tx, values["id"], entries_of(kind, values))
    match_keys.bring_in_line(tx.session, kind.name, [values])


def strike(tx: Any, record_id: str) -> None:
    """A record that is gone is found by nothing any more."""
    rebook(tx, record_id, [])
    match_keys.strike(tx.session, record_id)


def rebook(tx: Any, record_id: str, after: list[Values]) -> None:
    """Make the book say ``after`` of a record, and announce what began or ceased to stand for it."""
    before = store.entries_of_record(tx.session, record_id)
    store.replace_entries(tx.session, before, after)
    announce(tx, before, after)


def announce(tx: Any, before: list[Values], after: list[Values], *, cause: Event | None = None) -> None:
    """Say which addresses began and ceased to stand for a record (all entries are of one record)."""
    if not (entries := [*before, *after]):
        return
    record = {"kind": entries[0]["record_kind"], "id": entries[0]["record_id"]}
    assigned, released = domain.assigned_and_released(before, after)
    for contract, canonicals in ((AddressReleased, released), (AddressAssigned, assigned)):
        for canonical in canonicals:
            tx.publish(contract, subject=record["id"], cause=cause, canonical=canonical, record=record)


def by_record(entries: Iterable[Values]) -> dict[str, list[Values]]:
    """Book entries by the record that they stand for."""
    groups: dict[str, list[Values]] = {}
    for entry in entries:
        groups.setdefault(entry["record_id"], []).append(entry)
    return groups


def entries_of(kind: Kind, values: Values) -> list[Values]:
    """The book entries that make a record's addresses stand for it."""
    label = domain.label_of(kind.name, values)
    organization_id = values.get("organization_id")
    return domain.book_entries(
        kind.name, values["id"], label=label, organization_id=organization_id, typed=values["addresses"]
    )


def check(session: Any, kind: Kind, record_id: str | None, changes: Values, whole: Values) -> None:
    """That ``changes`` may be made, and what they make of the record (``whole``); ``record_id`` None for a new one."""
    if kind is CONTACT:
        fields.check_whole(whole)
    check_links(session, kind, record_id, changes)


def check_links(session: Any, kind: Kind, record_id: str | None, changes: Values) -> None:
    """That the records are there that ``changes`` point at, and that nobody stands above himself. Invalid."""
    if kind is CONTACT:
        _check_organization(session, changes)
    if superior_id := changes.get(kind.superior):
        superiors.check(session, kind, record_id, superior_id)


def _check_organization(session: Any, values: Values) -> None:
    organization_id = values.get("organization_id")
    if organization_id and not store.has_organization(session, organization_id):
        fields = {"organization_id": ["There is no such organization: choose another one or none."]}
        raise Invalid("The contact cannot be saved: its organization is not there.", fields=fields)
