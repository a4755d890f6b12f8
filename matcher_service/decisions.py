"""What making or changing a decision does in one transaction: the row and the event that says it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis import clock
from chassis.ids import new_id
from contracts import Event, MatchCorrected, SenderMatched, SenderUnmatched
from contracts.errors import NotFound
from contracts.fields import identity_or_none
from matcher_service import domain, store
from matcher_service.domain import Choice, Outcome, Party
from matcher_service.models import Decision

Values = dict[str, Any]
Answers = Mapping[str, list[Values]]

SHOWN = ("id", "mail_message_id", "revision", "state", "reason", "rule", "role", "label", "organization_id")
EXPLAINED = ("party", "candidates", "tried", "corrected")
KEPT = ("mail_message_id", "role", "mail", "party")


def add(tx: Any, parties: Mapping[str, Party], answers: Answers, *, moment: datetime) -> None:
    """Decide about the mails of ``tx.fresh`` (``parties`` by event id) and say so."""
    mails = {event.data["mail"]["mail_message_id"]: event for event in tx.fresh}
    for mail_message_id in store.decided_mails(tx.session, list(mails)):
        del mails[mail_message_id]
    chosen = store.choices(tx.session, {parties[event.id].canonical for event in mails.values()})
    rows = [_new_row(event, parties[event.id], answers, chosen, moment) for event in mails.values()]
    store.add_decisions(tx.session, rows)
    for row, event in zip(rows, mails.values(), strict=True):
        announce(tx, row, rematch=False, cause=event)


def _new_row(event: Event, party: Party, answers: Answers, chosen: Mapping[str, Choice], moment: datetime) -> Values:
    mail = event.data["mail"]
    found, choice = answers.get(party.canonical, []), chosen.get(party.canonical)
    return {
        "id": new_id(),
        "mail_message_id": mail["mail_message_id"],
        "revision": 1,
        "rule": "default",
        "role": party.role,
        "canonical": party.canonical,
        "corrected": False,
        "decided_at": moment,
        "updated_at": moment,
        "mail": mail,
        "party": party.stored(),
        "personal": event.data["personal"],
        **columns_of(domain.decide(mail, party, candidates=found, choice=choice)),
    }


def columns_of(outcome: Outcome) -> Values:
    """An outcome as columns of a decision."""
    match = outcome.match or {"kind": None, "id": None}
    return {
        "state": outcome.state,
        "reason": outcome.reason,
        "match_kind": match["kind"],
        "match_id": match["id"],
        "organization_id": outcome.organization_id,
        "label": outcome.label,
        "candidates": outcome.candidates,
        "tried": outcome.tried,
    }


def announce(tx: Any, row: Values, *, rematch: bool, cause: Event | None) -> None:
    """Say what a decision (all its columns) says."""
    facts: Values = {
        "decision": {
            "id": row["id"],
            "revision": row["revision"],
            "rematch": rematch,
            "role": row["role"],
            "candidate_count": len(row["candidates"]),
        },
        "mail": row["mail"],
        "party": Party(role=row["role"], **row["party"]).block(row["label"]),
        "personal": row["personal"],
    }
    subject = row["mail_message_id"]
    if row["state"] == "matched":
        facts |= {"match": match_of(row), "organization_id": row["organization_id"]}
        tx.publish(SenderMatched, subject=subject, cause=cause, **facts)
    else:
        tx.publish(SenderUnmatched, subject=subject, cause=cause, reason=row["reason"], **facts)


def match_of(row: Values) -> Values | None:
    """The record a decision points at, or none."""
    return {"kind": row["match_kind"], "id": row["match_id"]} if row["match_id"] else None


def remake(tx: Any, rows: Sequence[Decision], answers: Answers, *, causes: Mapping[str, Event | None]) -> None:
    """Decide again about the mails of these (locked) decisions; those with another result get a revision and say so."""
    chosen = store.choices(tx.session, {row.canonical for row in rows})
    pairs = [(row, decided_again(row, answers, chosen.get(row.canonical))) for row in rows]
    changed = [(row, outcome) for row, outcome in pairs if outcome.result != result_of(row)]
    freed = [{"id": row.id, "corrected": False} for row, _ in pairs if row.corrected]
    store.save_outcomes(tx.session, freed)
    updates = [{"id": row.id, **_revised(row, outcome)} for row, outcome in changed]
    store.save_outcomes(tx.session, updates)
    personal = store.personal_blocks(tx.session, [row.id for row, _ in changed])
    for (row, _), update in zip(changed, updates, strict=True):
        kept = {name: getattr(row, name) for name in KEPT}
        values = {**kept, **update, "personal": personal[row.id]}
        announce(tx, values, rematch=True, cause=causes.get(row.canonical))


def decided_again(row: Decision, answers: Answers, choice: Choice | None) -> Outcome:
    """What the rules say now about the mail of a decision."""
    party = Party(role=row.role, **row.party)
    return domain.decide(row.mail, party, candidates=answers.get(row.canonical, []), choice=choice)


def result_of(row: Decision) -> tuple[Any, ...]:
    """The stored counterpart of ``Outcome.result``."""
    return row.state, row.reason, row.match_kind, row.match_id, row.organization_id


def _revised(row: Decision, outcome: Outcome) -> Values:
    return {**columns_of(outcome), "revision": row.revision + 1, "updated_at": clock.now()}


def stored(row: Decision) -> Values:
    """The columns of a decision except its personal data."""
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name != "personal"}


def present(session: Any, mail_message_id: str, *, lock: bool = False) -> Decision:
    """The decision about a mail. NotFound while there is none."""
    identity = identity_or_none(mail_message_id)
    row = store.decision_of_mail(session, identity, lock=lock) if identity else None
    if row is None:
        raise NotFound("There is no decision about this mail (yet): try again in a moment, or check the mail's id.")
    return row


def correct(tx: Any, mail_message_id: str, choice: Choice, *, staff_user_id: str | None) -> Values:
    """A person's word about one mail: it stays, is remembered for the address, and is said if it changes something."""
    row = present(tx.session, mail_message_id, lock=True)
    previous = match_of(stored(row))
    row.corrected, row.updated_at = True, clock.now()
    if row.canonical:
        store.remember(tx.session, row.canonical, choice=choice, moment=row.updated_at)
    if previous != choice.record or (choice.record is None and row.reason != "unknown"):
        _apply(row, choice)
        facts = {"decision_id": row.id, "mail_message_id": row.mail_message_id, "staff_user_id": staff_user_id}
        tx.publish(MatchCorrected, subject=row.mail_message_id, previous=previous, match=choice.record, **facts)
    return wire(row)


def _apply(row: Decision, choice: Choice) -> None:
    for name, value in columns_of(domain.chosen(choice)).items():
        if name != "candidates":
            setattr(row, name, value)
    row.revision += 1


def wire(row: Decision) -> Values:
    """A decision as callers get it."""
    shown = {name: getattr(row, name) for name in (*SHOWN, *EXPLAINED)}
    moments = {name: clock.wire(getattr(row, name)) for name in ("decided_at", "updated_at")}
    return {**shown, "match": match_of(stored(row)), "mailbox": row.mail["mailbox"], **moments}
