"""Decisions about mails, and what can be done with a mail by one click."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from contracts.errors import NotFound
from gateway import prefill
from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import decisions as shown
from gateway.api.schemas import matching as schemas
from gateway.calls import names_key, scoped_key, services
from gateway.parallel import together

decisions = Resource("decisions", description="Who is behind each mail, and why.")
actions = Resource("actions", description="One click beside a mail: the form is filled in, everything may be changed.")

Values = dict[str, Any]
BY_MAIL = "/messages/<uuid:id>"


@decisions.route("/decisions", methods=["GET"])
@decisions.arguments(shown.DecisionQuery, location="query")
@decisions.page_of(shown.DecisionPage)
def list_decisions(query: Values) -> Any:
    """List decisions, newest first"""
    return services().matcher.decisions(**page_arguments(query))


@decisions.route(f"{BY_MAIL}/decision", methods=["GET"])
@decisions.response(200, shown.Decision)
def get_decision(id: Any) -> Any:
    """Read who is behind a mail, by which address, and which rules were tried"""
    return services().matcher.decision(mail_message_id=str(id))


@decisions.route(f"{BY_MAIL}/decision", methods=["PUT"])
@decisions.arguments(schemas.CorrectionIn)
@decisions.once
@decisions.response(200, shown.Decision)
def correct_decision(data: Values, id: Any, by: Any) -> Any:
    """Correct who is behind a mail

    The word is remembered: it holds for later mails of the address too.
    """
    return services().matcher.correct(mail_message_id=str(id), record=data["record"], **by)


@decisions.route(f"{BY_MAIL}/decision/rematch", methods=["POST"])
@decisions.once
@decisions.response(200, shown.Decision)
def rematch(id: Any, by: Any) -> Any:
    """Decide again, by what the address book says now"""
    return services().matcher.rematch(mail_message_id=str(id), **by)


@dataclass(frozen=True, slots=True)
class Deed:
    """An action about to be done: the mail, the panel beside it, the filled-in form, who does it."""

    mail_id: str
    message: Values
    panel: Values
    values: Values
    by: Values

    def step(self, name: str) -> Values:
        """Who does it, and the idempotency key of one step of several."""
        return {**self.by, "idempotency_key": f"{self.by['idempotency_key']}:{name}"}

    def linked(self, record: Values, result: Values | None = None) -> Values:
        """The mail in the record's history too; linking twice is linking once, so the whole may be repeated."""
        facts = prefill.mail_facts(self.panel, self.message)
        link = services().history.link_mail
        entry = link(record=record, mail_message_id=self.mail_id, facts=facts, **self.step("link"))
        return {"record": record, "result": result or entry}


def _add_contact(deed: Deed) -> Values:
    return _made_and_linked(deed, "contact")


def _add_organization(deed: Deed) -> Values:
    return _made_and_linked(deed, "organization")


def _made_and_linked(deed: Deed, kind: str) -> Values:
    """Make a record and link the mail to it. A second click goes on where the first one failed halfway.

    So a click that names no key has the key of its values. What they made may have been deleted since: then it is anew.
    """
    contacts = services().contacts
    create, read = getattr(contacts, f"create_{kind}"), getattr(contacts, kind)
    key = scoped_key(otherwise=_digest(deed.values))
    made = create(data=deed.values, **{**deed.by, "idempotency_key": key})
    if not names_key():
        made = _if_there(read, made["id"]) or create(data=deed.values, **deed.by)
    return deed.linked({"kind": kind, "id": made["id"]}, made)


def _if_there(read: Callable[..., Values], id: str) -> Values | None:
    try:
        return read(id=id)
    except NotFound:
        return None


def _digest(values: Values) -> str:
    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _add_lead(deed: Deed) -> Values:
    made = services().leads.open_lead(data=deed.values, mail_message_id=deed.mail_id, **deed.by)
    return {"record": {"kind": "lead", "id": made["id"]}, "result": made}


def _add_ticket(deed: Deed) -> Values:
    data = {**deed.values, "mail": prefill.thread_of(deed.message)}
    made = services().tickets.open_ticket(data=data, mail_message_id=deed.mail_id, **deed.by)
    return {"record": {"kind": "ticket", "id": made["id"]}, "result": made}


def _select(deed: Deed) -> Values:
    record = deed.values["record"]
    if record["kind"] != "ticket":
        services().matcher.correct(mail_message_id=deed.mail_id, record=record, **deed.step("correct"))
    return deed.linked(record)


def _add_comment(deed: Deed) -> Values:
    made = services().history.add_comment(**deed.values, mail_message_id=deed.mail_id, **deed.by)
    return {"record": deed.values["record"], "result": made}


def _create_to_do(deed: Deed) -> Values:
    data = {**deed.values, "kind": "to_do", "mail_message_id": deed.mail_id}
    address = deed.panel["form"]["address"]
    made = services().activities.create_activity(data=data, mail_address=address, **deed.by)
    return {"record": next(iter(made["about"]), None), "result": made}


DEEDS: Mapping[str, Callable[[Deed], Values]] = {
    "add_contact": _add_contact,
    "add_lead": _add_lead,
    "add_organization": _add_organization,
    "add_ticket": _add_ticket,
    "select": _select,
    "add_comment": _add_comment,
    "create_to_do": _create_to_do,
}
TITLES = {
    "add_contact": "a contact from the sender of a mail",
    "add_lead": "a lead from a mail",
    "add_organization": "an organization from the sender of a mail",
    "add_ticket": "a ticket from a mail",
    "select": "a mail to the history of a record, and remember the choice",
    "create_to_do": "a to-do from a mail",
    "add_comment": "a comment on the sender's record, with the words of the mail",
}


def _open(mail_id: str) -> dict[str, Values]:
    calls = services()
    return together(
        panel=lambda: calls.matcher.open_panel(mail_message_id=mail_id),
        message=lambda: calls.mail_ingest.message(id=mail_id),
    )


def _offer(action: str) -> None:
    """The two views of one action: what its form is filled in with, and doing it."""

    def show(id: Any) -> Any:
        return {"action": action, "body": prefill.PREFILLS[action](**_open(str(id)))}

    def act(data: Values, id: Any, by: Any) -> Any:
        opened = _open(str(id))
        values = prefill.filled(action, body=data, **opened)
        return DEEDS[action](Deed(str(id), values=values, by=by, **opened))

    show.__doc__ = f"See what the form is filled in with: {action.replace('_', ' ')}"
    act.__doc__ = f"Add {TITLES[action]}\n\nWhat the body leaves out, the mail fills in."
    path = f"{BY_MAIL}/actions/{action}"
    prefilled = actions.response(200, schemas.Prefill)(show)
    done = actions.arguments(schemas.BODIES[action])(actions.once(actions.response(201, schemas.Acted)(act)))
    actions.route(path, methods=["GET"], endpoint=f"show_{action}")(prefilled)
    actions.route(path, methods=["POST"], endpoint=action)(done)


for _name in schemas.ACTIONS:
    _offer(_name)
