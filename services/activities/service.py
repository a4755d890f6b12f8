"""The activities service."""

from typing import Any

from nameko.timer import timer

from chassis import Database, on_event, rpc
from contracts import (
    ActivityDeleted,
    ActivityRestored,
    ContactMerged,
    ContactUnmerged,
    LeadConverted,
    OrganizationMerged,
    OrganizationUnmerged,
)
from contracts.base import Event
from services.activities import domain, forms, listing, unions, writing
from services.activities.models import Base

Json = dict[str, Any]
BATCH = 500
REMINDED_AT_ONCE = 200
REMIND_EVERY_SECONDS = 5


class ActivitiesService:
    """What is to be done with customers, and what was."""

    name = "activities"
    db = Database(Base)

    @on_event(ContactMerged, ContactUnmerged, OrganizationMerged, OrganizationUnmerged, LeadConverted, batch=BATCH)
    def on_record_event(self, events: list[Event]) -> None:
        """Let the activities of a record that went up in another one be that one's, until it comes out again."""
        with self.db.handling(events) as tx:
            for event in tx.fresh:
                writing.tell_returned(tx, unions.note(tx.session, domain.union_of(event)), cause=event)

    @timer(interval=REMIND_EVERY_SECONDS)
    def remind(self) -> None:
        """Say of each activity whose moment has come that it is to be reminded of, once; also what came while away."""
        while writing.remind(self.db, limit=REMINDED_AT_ONCE) == REMINDED_AT_ONCE:
            continue

    @rpc
    def activity(self, *, id: str) -> Json:
        """One activity. NotFound."""
        return listing.one(self.db, id=id)

    @rpc
    def activities(
        self,
        *,
        record: Json | None = None,
        owner_id: str | None = None,
        people: list[str] | None = None,
        kind: str | None = None,
        state: str | None = None,
        mail_message_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
        overdue: bool = False,
        deleted: bool = False,
        counted: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Json:
        """A page of activities, the open ones soonest first when only they are wanted, else the latest first.

        ``state``: open, done, cancelled, or past for the latter two. ``since``, ``until``: moments between which they
        are in a calendar. ``people``: staff users and groups of whom one is in charge or takes part. ``counted``: with
        ``total``, how many there are on all pages.
        """
        wanted: Json = {
            "record": record,
            "owner_id": owner_id,
            "people": people,
            "kind": kind,
            "mail_message_id": mail_message_id,
        }
        times = {"since": since, "until": until, "overdue": overdue, "deleted": deleted}
        return listing.page(self.db, {**wanted, **times, "state": state}, counted=counted, limit=limit, cursor=cursor)

    @rpc
    def calendar(self, *, people: list[str], since: str) -> Json:
        """What is in the calendar of a staff user and their groups, all by their ids, from a moment on; at most 2,000.

        What one of them is in charge of or takes part in, also what was called off; ``description`` cut.
        """
        return listing.calendar(self.db, people=people, since=since)

    @rpc
    def create_activity(
        self,
        *,
        data: Json,
        mail_address: str | None = None,
        actor: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """Write down an activity, planned or done already; without ``owner_id`` it is the actor's own. Invalid.

        ``mail_address``: of whoever wrote the mail it is made from, by which it finds home after an un-merge.
        """
        with self.db.transaction(once=idempotency_key, request={"data": data}) as tx:
            if tx.answer is None:
                values = {**forms.new_values(data), "mail_canonical": forms.canonical_of(mail_address)}
                tx.answer = writing.create(tx, values, actor=actor or {})
        return dict(tx.answer)

    @rpc
    def update_activity(
        self, *, id: str, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """Change fields; a status may close or reopen it. PreconditionFailed if ``version`` is not the present one."""
        with self.db.transaction(once=idempotency_key, request={"id": id, "data": data, "version": version}) as tx:
            if tx.answer is None:
                tx.answer = writing.change(tx, writing.present(tx, id, version=version), data)
        return dict(tx.answer)

    @rpc
    def delete_activity(
        self, *, id: str, version: int | None = None, actor: Json | None = None, idempotency_key: str | None = None
    ) -> None:
        """Put an activity into the recycle bin. NotFound; PreconditionFailed."""
        with self.db.transaction(once=idempotency_key, request={"id": id, "version": version}) as tx:
            if tx.answer is None:
                tx.answer = writing.move(tx, writing.present(tx, id, version=version), ActivityDeleted)

    @rpc
    def restore_activity(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """Take an activity out of the recycle bin. NotFound if it is not in there."""
        with self.db.transaction(once=idempotency_key, request={"id": id}) as tx:
            if tx.answer is None:
                tx.answer = writing.move(tx, writing.present(tx, id, deleted=True), ActivityRestored)
        return dict(tx.answer)
