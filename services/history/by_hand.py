"""What people do to the mails of timelines: link one, take it away."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import insert_ignore
from contracts.errors import Invalid, NotFound
from services.history import domain, records, store, ticket_mails, unions
from services.history.domain import Home
from services.history.models import Entry, Mail

Values = dict[str, Any]
MAX_SUMMARY_FIELDS = 20
MAX_FACTS = 20_000
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)


class MailFactsData(Schema):
    """What a caller tells of a mail that it links."""

    class Meta:
        """A caller may hand over all it knows of the mail."""

        unknown = EXCLUDE

    title = fields.String(required=True, validate=validate.Length(max=998))
    happened_at = fields.AwareDateTime(required=True, validate=validate.Range(min=_BEGINNING, max=_END))
    summary = fields.Dict(keys=fields.String(), load_default=dict, validate=validate.Length(max=MAX_SUMMARY_FIELDS))


def link(
    session: Session, *, record: Values, mail_message_id: str, facts: Values | None
) -> tuple[Values, list[Values]]:
    """Link a mail to a record; the entry as JSON, and the rows of what was not shown before."""
    home = unions.present_home(session, home=domain.checked_record(record))
    mail = _told_mail(session, id=domain.checked_id(mail_message_id), facts=facts)
    homes = unions.members(session, home=home)
    rows = store.entries_of_mail(session, homes=homes, mail_message_id=mail.mail_message_id)
    shown = [row for row in rows if row.origin != domain.UNLINKED]
    if not rows:
        store.add_entries(session, entries=[_entry(home, mail)])
        rows = store.entries_of_mail(session, homes=homes, mail_message_id=mail.mail_message_id)
    if not rows:
        raise NotFound("The mail was taken away in the meantime: link it again.")
    for row in shown or rows[:1]:
        row.origin = domain.PERSON
    added = {column.name: getattr(rows[0], column.name) for column in Entry.__table__.columns}
    told = [] if shown else [added]
    if home.kind == "ticket":
        told += ticket_mails.link(session, mail=mail.mail_message_id, ticket=home.id)
    return records.entry((shown or rows)[0], mail, home=home), told


def _entry(home: Home, mail: Mail) -> Values:
    happened_at = clock.wire(mail.happened_at)
    ids = {"mail_message_id": mail.mail_message_id, "home": home}
    return {"kind": "mail", "origin": domain.PERSON, "happened_at": happened_at, **ids}


def _told_mail(session: Session, *, id: str, facts: Values | None) -> Mail:
    """The mail; from what the caller tells of it where no event has told of it yet."""
    known = store.mail_by_id(session, id=id)
    if known and known.told:
        return known
    told = _checked(facts)
    if known is None:
        insert_ignore(session, Mail.__table__, [_untouched(id, told)])
    return _with_facts(session, id, told)


def _with_facts(session: Session, id: str, told: Values) -> Mail:
    """The row as it is now: this one, or the one that an event wrote at the same time."""
    mail = store.mail_by_id(session, id=id)
    if mail is None:
        raise NotFound("There is no such mail.")
    if not mail.told:
        mail.told, mail.title, mail.happened_at, mail.summary = (
            True,
            told["title"],
            told["happened_at"],
            told["summary"],
        )
    return mail


def _untouched(id: str, told: Values) -> Values:
    """A mail of which nobody has said yet whose it is: every decision that comes counts."""
    said = {"revision": 0, "said_at": "", "by_person": False, "automatic": False}
    return {"mail_message_id": id, "told": True, **said, **told}


def _checked(facts: Values | None) -> Values:
    if facts is None:
        raise Invalid("History was not told of this mail yet.", fields={"facts": ["Give title and happened_at."]})
    text = repr(facts)
    if len(text) > MAX_FACTS or "\\x00" in text:
        raise Invalid("The facts of the mail cannot be used.", fields={"facts": ["Shorten them; leave NUL out."]})
    try:
        loaded: Values = MailFactsData().load(facts)
    except ValidationError as error:
        raise Invalid("The facts of the mail cannot be used.", fields={"facts": [str(error)]}) from error
    return loaded


def unlink(session: Session, *, record: Values, mail_message_id: str) -> None:
    """Take a mail off a timeline; a row stays, so that nothing puts it back but a person. NotFound."""
    home = unions.present_home(session, home=domain.checked_record(record))
    homes = unions.members(session, home=home)
    rows = store.entries_of_mail(session, homes=homes, mail_message_id=domain.checked_id(mail_message_id))
    shown = [row for row in rows if row.origin != domain.UNLINKED]
    if not shown:
        raise NotFound("This mail does not stand on that record's timeline.")
    for row in shown:
        row.origin = domain.UNLINKED
    if home.kind == "ticket":
        ticket_mails.unlink(session, mail=rows[0].mail_message_id or "", ticket=home.id)
    if rows[0].record_id != home.id:
        # Where records are one, a later decision may name this one.
        taken = {"kind": "mail", "origin": domain.UNLINKED, "happened_at": clock.wire(rows[0].happened_at)}
        store.add_entries(session, entries=[{**taken, "home": home, "mail_message_id": rows[0].mail_message_id}])
