"""What becomes of the rows of a batch: new records, changes of known ones, rows left out and rows that are refused."""

from collections.abc import Collection, Sequence
from typing import Any

from chassis.ids import new_id
from contacts_service import domain, fields, shared_settings, store
from contacts_service.checks import Fault
from contacts_service.exchange.csv_writing import encodable
from contacts_service.exchange.mapping import REQUIRED, Draft, faults_of
from contacts_service.exchange.matching import MOST_NAMED, Matches
from contacts_service.exchange.models import Import
from contacts_service.exchange.references import Organizations
from contacts_service.exchange.targets import ORGANIZATION, SUPERIOR
from contacts_service.kinds import CONTACT, KINDS
from contacts_service.kinds import ORGANIZATION as ORGANIZATIONS
from contracts.errors import Invalid

Values = dict[str, Any]

NO_OWNER = "This is no active staff user and no group: write the id of another one, or leave the cell empty."
CREATED, UPDATED, SKIPPED = "created", "updated", "skipped"
_LISTS = frozenset({"addresses", "phones", "tags"})


class Placing:
    """Places row after row; what is to be written is collected in ``new`` and ``changed``.

    ``new``: id → values; ``changed``: id → values before, and what they become; ``lines``: id → line of its first row.
    ``links``: whom rows name above their records, which is seen to when all rows are in.
    """

    def __init__(
        self, tx: Any, row: Import, drafts: Sequence[Draft], actor: Values, *, strangers: Collection[str]
    ) -> None:
        """Looks up at once whatever the batch may need; whoever calls holds the trees.

        ``strangers``: whom rows put in charge who cannot be.
        """
        self._strangers = strangers
        self._tx, self._row, self._actor = tx, row, actor
        self._kind = KINDS[row.record_kind]
        named = {text for draft in drafts if (text := draft.references.get(ORGANIZATION))}
        self._organizations = Organizations(tx.session, named, may_create=row.create_organizations)
        for draft in drafts:
            self._resolve(draft)
        self._matches = Matches(tx.session, self._kind, row.match_by, drafts)
        known = self._matches.all() if row.on_match != "skip" else set()
        found = store.records_by_id(tx.session, self._kind.model, known, lock=True)
        self._known = {each.id: store.values(each) for each in found if each.deleted_at is None}
        self._copies = shared_settings.address_copy(tx.session) == shared_settings.ALWAYS
        self.new: dict[str, Values] = {}
        self.changed: dict[str, tuple[Values, Values]] = {}
        self.lines: dict[str, int] = {}
        self.links: list[Values] = []

    @property
    def organizations(self) -> dict[str, Values]:
        """Those that come into being because rows belong to them."""
        return self._organizations.used

    def place(self, draft: Draft) -> str | None:
        """What becomes of a row: CREATED, UPDATED, SKIPPED; None, and its ``faults``, if it is refused."""
        if draft.faults:
            return None
        try:
            return self._placed(draft)
        except Fault as fault:
            draft.faults.append(("", str(fault)))
        except Invalid as error:
            draft.faults += faults_of(error)
        return None

    def _placed(self, draft: Draft) -> str:
        found = self._matches.of(draft)
        if not found:
            self._create(draft)
            return CREATED
        if self._row.on_match == "skip":
            return SKIPPED
        if len(found) > 1:
            raise Fault(self._too_many(found))
        return self._change(found[0], draft)

    def _too_many(self, found: Sequence[str]) -> str:
        kind, named = self._kind.name, [str(self._known[each]["number"]) for each in found if each in self._known]
        if not named:
            return f"Several {kind}s fit this row. Merge them, or name the one that is meant."
        numbers = ", ".join(named[:MOST_NAMED])
        return f"Several {kind}s fit this row ({numbers}). Merge them, or name the one that is meant."

    def _create(self, draft: Draft) -> None:
        values = {**fields.empty(self._kind.fields), "source": "Import", **draft.values}
        values["owner_id"] = values["owner_id"] or self._actor.get("staff_user_id")
        self._check(values, changed=draft.values)
        if self._copies and values.get("organization_id"):
            values |= self._copied(values, draft)
        record_id = new_id()
        self.new[record_id] = values
        self._enter(record_id, draft)
        self._keep_link(record_id, draft, skipped=False)

    def _change(self, record_id: str, draft: Draft) -> str:
        before = self._present(record_id)
        if before is None:
            return SKIPPED
        wanted = self._wanted(before, draft)
        if not domain.differences(before, wanted):
            self._keep_link(record_id, draft, skipped=True)
            return SKIPPED
        self._check({**before, **wanted}, changed=domain.differences(before, wanted))
        if record_id in self.new:
            self.new[record_id] |= wanted
        else:
            first, earlier = self.changed.get(record_id, (before, {}))
            self.changed[record_id] = first, {**earlier, **wanted}
        self._enter(record_id, draft)
        self._keep_link(record_id, draft, skipped=False)
        return UPDATED

    def _present(self, record_id: str) -> Values | None:
        """A record as the rows before this one leave it."""
        if record_id in self.new:
            return self.new[record_id]
        known = self._known.get(record_id)
        return known and {**known, **self.changed.get(record_id, ({}, {}))[1]}

    def _wanted(self, before: Values, draft: Draft) -> Values:
        """Overwritten: what the file says, where it says nothing too. Merged: what the record lacks."""
        if self._row.on_match == "overwrite":
            empty = fields.empty(self._kind.fields)
            said = {name: self._regained(before[name], value) for name, value in draft.values.items()}
            return {**{name: empty[name] for name in draft.emptied if name in empty}, **said}
        joined = {name: self._joined(name, before[name], draft.values[name]) for name in _LISTS & draft.values.keys()}
        lacking = {name: value for name, value in draft.values.items() if before[name] in ("", None, False)}
        return {**lacking, **joined}

    def _regained(self, known: Any, said: Any) -> Any:
        """What CP932 has no character for comes back from an export as what it was."""
        if self._row.format["encoding"] != "cp932" or known == said:
            return said
        if isinstance(known, str):
            return known if encodable(known) == said else said
        if isinstance(known, list) and all(isinstance(each, str) for each in known):
            return known if [encodable(each) for each in known] == said else said
        return said

    def _joined(self, name: str, one: list[Any], two: list[Any]) -> Any:
        """Both lists, each entry once; what does not fit any more is refused as if it were typed."""
        try:
            return self._kind.fields[name]([*one, *two])
        except Fault as fault:
            raise Invalid("", fields={name: [str(fault)]}) from fault

    def _check(self, whole: Values, *, changed: Collection[str]) -> None:
        if "owner_id" in changed and whole["owner_id"] in self._strangers:
            raise Invalid("", fields={"owner_id": [NO_OWNER]})
        required = REQUIRED[self._kind.name]
        if not whole[required]:
            raise Invalid("", fields={required: ["Is required: fill it in."]})
        if self._kind is CONTACT:
            fields.check_whole(whole)

    def _copied(self, values: Values, draft: Draft) -> Values:
        found = store.record(self._tx.session, ORGANIZATIONS.model, values["organization_id"])
        return domain.copied_addresses(store.values(found), values, draft.values) if found else {}

    def _enter(self, record_id: str, draft: Draft) -> None:
        self._matches.enter(draft, record_id)
        self.lines.setdefault(record_id, draft.line)
        if wanted := draft.values.get("organization_id"):
            self._organizations.use(wanted)
            if wanted in self._organizations.used:
                self.lines.setdefault(wanted, draft.line)

    def _keep_link(self, record_id: str, draft: Draft, *, skipped: bool) -> None:
        if above := draft.references.get(SUPERIOR[self._kind.name]):
            link = {"line": draft.line, "record_id": record_id, "above": above, "skipped": skipped}
            self.links.append({**link, "cells": draft.cells})

    def _resolve(self, draft: Draft) -> None:
        """The organization becomes its id; nobody above is nobody, and somebody is looked for when all rows are in."""
        for target, field in ((ORGANIZATION, "organization_id"), (SUPERIOR[self._kind.name], self._kind.superior)):
            if draft.references.get(target) == "":
                draft.emptied.add(field)
        if text := draft.references.get(ORGANIZATION):
            try:
                draft.values["organization_id"] = self._organizations.id_of(text)
            except Fault as fault:
                draft.faults.append(("organization_id", str(fault)))
