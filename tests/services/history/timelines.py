"""Timelines as they are read, and events that change them."""

from chassis.ids import new_id
from chassis.testing import make_event, published
from contracts import MatchCorrected
from tests.services.decisions import decision, mail_of

MARUYAMA = {"staff_user_id": "s1", "name": "丸山"}


def timeline(history, record):
    return history.entries(**record)["items"]


def mails_of(history, record):
    return [entry["mail_message_id"] for entry in timeline(history, record) if entry["kind"] == "mail"]


def told(history):
    return [event.data["record"] for event in published(history.db) if event.type == "history_entry.added.v1"]


def corrected(event, match):
    data = {"decision_id": new_id(), "mail_message_id": mail_of(event), "previous": None, "staff_user_id": None}
    return make_event(MatchCorrected, match=match, **data)


def revision_of(event, number, match=None, **given):
    return decision(match=match, mail_id=mail_of(event), revision=number, **given)
