"""What becomes of the rows of a batch: new records, changes of known ones, rows left out and rows that are refused."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update as sql_update

from chassis.ids import new_id
from contacts_service import changes, domain, fields, shared_settings, store
from contacts_service.checks import Fault
from contacts_service.exchange.mapping import REQUIRED, Draft, faults_of
from contacts_service.exchange.matching import MOST_NAMED, Matches
from contacts_service.exchange.models import Import
from contacts_service.exchange.references import Organizations, People
from contacts_service.exchange.targets import MEMBER_OF, ORGANIZATION, REPORTS_TO
from contacts_service.kinds import CONTACT, KINDS
from contacts_service.kinds import ORGANIZATION as ORGANIZATIONS
from contracts.errors import Invalid

Values = dict[str, Any]

CREATED, UPDATED, SKIPPED = "created", "updated", "skipped"
_LISTS = frozenset({"addresses", "phones", "tags"})
# Which field a reference becomes.
_BECOMES = {ORGANIZATION: "organization_id", REPORTS_TO: "reports_to_id", MEMBER_OF: "member_of_id"}


class Placing:
    """Places row after row; what is to be written is collected in ``new`` and ``changed``.

    ``new``: id → values; ``changed``: id → values before, and what they become; ``lines``: id → line of its first row.
    """

    def __init__(self, tx: Any, row: Import, drafts: Sequence[Draft], actor: Values) -> None:
        """Looks up at once whatever the batch may need; whoever calls holds the trees."""
        self._tx, self._row, self._actor = tx, row, actor
        self._kind = KINDS[row.record_kind]
        self._references = self._resolvers(drafts)
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

    @property
    def organizations(self) -> dict[str, Values]:
        """Those that come into being because rows belong to them."""
        found = self._references.get(ORGANIZATION)
        return found.used if isinstance(found, Organizations) else {}

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
        numbers = [str(self._known[each]["number"]) for each in found[:MOST_NAMED] if each in self._known]
        named = f" ({', '.join(numbers)})" if numbers else ""
        return f"Several {self._kind.name}s fit this row{named}. Merge them, or name the one that is meant."

    def _create(self, draft: Draft) -> None:
        values = {**fields.empty(self._kind.fields), "source": "Import", **draft.values}
        values["owner_id"] = values["owner_id"] or self._actor.get("staff_user_id")
        self._check(None, values, values)
        if self._copies and values.get("organization_id"):
            values |= self._copied(values, draft)
        record_id = new_id()
        self.new[record_id] = values
        self._enter(record_id, draft)

    def _change(self, record_id: str, draft: Draft) -> str:
        before = self._present(record_id)
        if before is None:
            return SKIPPED
        wanted = self._wanted(before, draft)
        if not domain.differences(before, wanted):
            return SKIPPED
        anew = {name: value for name, value in wanted.items() if value != before[name]}
        self._check(record_id, anew, {**before, **wanted})
        if record_id in self.new:
            self.new[record_id] |= wanted
        else:
            first, earlier = self.changed.get(record_id, (before, {}))
            self.changed[record_id] = first, {**earlier, **wanted}
        self._enter(record_id, draft)
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
            return {**{name: empty[name] for name in draft.emptied if name in empty}, **draft.values}
        joined = {name: self._joined(name, before[name], draft.values[name]) for name in _LISTS & draft.values.keys()}
        lacking = {name: value for name, value in draft.values.items() if before[name] in ("", None, False)}
        return {**lacking, **joined}

    def _joined(self, name: str, one: list[Any], two: list[Any]) -> Any:
        """Both lists, each entry once; what does not fit any more is refused as if it were typed."""
        try:
            return self._kind.fields[name]([*one, *two])
        except Fault as fault:
            raise Invalid("", fields={name: [str(fault)]}) from fault

    def _check(self, record_id: str | None, anew: Values, whole: Values) -> None:
        required = REQUIRED[self._kind.name]
        if not whole[required]:
            raise Invalid("", fields={required: ["Is required: fill it in."]})
        if self._kind is CONTACT:
            fields.check_whole(whole)
        if superior_id := anew.get(self._kind.superior):
            changes.check_superior(self._tx.session, self._kind, record_id, superior_id)
            if record_id and record_id not in self.new:
                # At once, so that the next row that makes a circle with this one meets it.
                model = self._kind.model
                put = sql_update(model).where(model.id == record_id).values({self._kind.superior: superior_id})
                self._tx.session.execute(put, execution_options={"synchronize_session": False})

    def _copied(self, values: Values, draft: Draft) -> Values:
        found = store.record(self._tx.session, ORGANIZATIONS.model, values["organization_id"])
        return domain.copied_addresses(store.values(found), values, draft.values) if found else {}

    def _enter(self, record_id: str, draft: Draft) -> None:
        self._matches.enter(draft, record_id)
        self.lines.setdefault(record_id, draft.line)
        organizations = self._references.get(ORGANIZATION)
        if isinstance(organizations, Organizations) and (wanted := draft.values.get("organization_id")):
            organizations.use(wanted)
            if wanted in organizations.used:
                self.lines.setdefault(wanted, draft.line)

    def _resolvers(self, drafts: Sequence[Draft]) -> dict[str, Organizations | People]:
        texts: dict[str, set[str]] = {}
        for draft in drafts:
            for target in _BECOMES.keys() & draft.references.keys():
                texts.setdefault(target, set()).add(draft.references[target])
        session, may_create = self._tx.session, self._row.create_organizations
        return {
            target: People(session, some - {""})
            if target == REPORTS_TO
            else Organizations(session, some - {""}, may_create=may_create and target == ORGANIZATION)
            for target, some in texts.items()
        }

    def _resolve(self, draft: Draft) -> None:
        for target, found in self._references.items():
            text = draft.references.get(target, "")
            if not text:
                draft.emptied |= {_BECOMES[target]} if target in draft.references else set()
                continue
            try:
                draft.values[_BECOMES[target]] = found.id_of(text)
            except Fault as fault:
                draft.faults.append((_BECOMES[target], str(fault)))
