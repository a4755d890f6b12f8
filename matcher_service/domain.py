"""The rules of the matcher: which address a mail is decided by, who is behind it, and why.

Pure: what the address book and people's earlier choices say comes in as an argument. Sentences are for people; the
codes beside them are stable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.addresses import canonical_address
from contracts.base import Event

Values = dict[str, Any]

MAX_LABEL = 255
KNOWN_ACTIONS = ("select", "add_comment", "create_to_do", "add_ticket")
UNKNOWN_ACTIONS = ("add_contact", "add_lead", "add_organization", "add_ticket")
# Local parts under which web forms and systems send on behalf of a person whom they name in Reply-To.
FORM_SENDERS = frozenset(
    {"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "webform", "form", "www-data"}
)


@dataclass(frozen=True, slots=True)
class Party:
    """The address a mail is decided by. ``chosen_by``: which header it comes from, and why that one."""

    role: str
    name: str
    address: str
    canonical: str
    chosen_by: str

    def block(self, label: str | None) -> Values:
        """The block ``party`` of an event."""
        return {"name": self.name, "address": self.address, "canonical": self.canonical, "label": label}

    def stored(self) -> Values:
        """What a decision keeps of it beside the role."""
        return {"name": self.name, "address": self.address, "canonical": self.canonical, "chosen_by": self.chosen_by}


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a person chose for an address before; ``record`` null: nobody we know."""

    record: Values | None
    label: str | None = None
    organization_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision: matched to one record, or unmatched for one reason; ``tried`` tells each rule's verdict in order."""

    state: str
    reason: str | None = None
    match: Values | None = None
    organization_id: str | None = None
    label: str | None = None
    candidates: list[Values] = field(default_factory=list)
    tried: list[Values] = field(default_factory=list)

    @property
    def result(self) -> tuple[Any, ...]:
        """What makes two decisions differ for those who act on them."""
        record = (self.match["kind"], self.match["id"]) if self.match else (None, None)
        return self.state, self.reason, *record, self.organization_id


def party_of(mail: Mapping[str, Any], personal: Mapping[str, Any]) -> Party:
    """Whom a mail is about: its sender, or for our own mail the first recipient."""
    sender = _first(personal["sender"])
    if answer_to := _stand_in(mail, personal, sender):
        return answer_to
    if mail["direction"] == "outgoing":
        return _recipient(personal, sender)
    return _party("sender", sender, "from" if sender else "none")


def _stand_in(mail: Mapping[str, Any], personal: Mapping[str, Any], sender: Values | None) -> Party | None:
    """The person behind a web form or list: Reply-To, where From cannot be the writer."""
    reply_to = _first(personal["reply_to"])
    if sender is None or reply_to is None or mail["folder"]["role"] == "sent" or _same(sender, reply_to):
        return None
    if mail["nature"] == "list":
        return _party("sender", reply_to, "reply_to_of_list")
    return _party("sender", reply_to, "reply_to_of_web_form") if _is_form(mail, personal, sender) else None


def _is_form(mail: Mapping[str, Any], personal: Mapping[str, Any], sender: Values) -> bool:
    own = [*personal["to"], *personal["cc"], {"address": mail["mailbox"]["name"]}]
    local = sender["address"].partition("@")[0].lower()
    return local in FORM_SENDERS or any(_same(sender, other) for other in own if "@" in other["address"])


def _recipient(personal: Mapping[str, Any], sender: Values | None) -> Party:
    recipients = [*personal["to"], *personal["cc"]]
    others = [recipient for recipient in recipients if sender is None or not _same(sender, recipient)]
    chosen = _first(others) or _first(recipients)
    return _party("recipient", chosen, "first_recipient" if chosen else "none")


def _party(role: str, entry: Values | None, chosen_by: str) -> Party:
    if entry is None:
        return Party(role, "", "", "", "none")
    return Party(role, entry["name"], entry["address"], canonical_address(entry["address"]), chosen_by)


def _first(entries: Sequence[Values]) -> Values | None:
    return next((entry for entry in entries if entry["address"]), None)


def _same(one: Values, other: Values) -> bool:
    return one["address"] == other["address"] or canonical_address(one["address"]) == canonical_address(
        other["address"]
    )


def decide(mail: Mapping[str, Any], party: Party, *, candidates: Sequence[Values], choice: Choice | None) -> Outcome:
    """Who is behind the mail, by the first rule that fires; ``candidates`` as the address book ranked them."""
    tried: list[Values] = []
    for rule in RULES:
        fired, explanation, result = rule(mail, party, candidates, choice)
        tried.append({"rule": rule.__name__, "fired": fired, "explanation": explanation})
        if fired:
            return Outcome(**result, candidates=list(candidates), tried=tried)
    raise AssertionError("the last rule always fires")


Verdict = tuple[bool, str, Values]


def machine_mail(
    mail: Mapping[str, Any], _party: Party, _candidates: Sequence[Values], _choice: Choice | None
) -> Verdict:
    """Bounces, automatic answers, lists and reports never make a lead or a ticket, known sender or not."""
    if mail["nature"] == "personal":
        return False, "A person wrote the mail.", {}
    return True, f"The mail is no person's letter but machine mail ({mail['nature']}).", _unmatched("machine")


def ambiguous_sender(
    mail: Mapping[str, Any], party: Party, _candidates: Sequence[Values], _choice: Choice | None
) -> Verdict:
    """A mail that names more than one writer, hides one, or that our own server calls forged waits for a person."""
    if party.role == "sender" and mail["sender_ambiguous"]:
        explanation = "The mail's From can be read in more than one way: a person must look at it."
    elif party.role == "sender" and mail["authentic"] is False:
        explanation = "Our mail server found that the sender's domain did not send this mail (DMARC): it may be forged."
    else:
        return False, "The mail names one sender, and nothing speaks against it.", {}
    return True, explanation, _unmatched("sender_ambiguous")


def no_address(
    _mail: Mapping[str, Any], party: Party, _candidates: Sequence[Values], _choice: Choice | None
) -> Verdict:
    """Without an address there is nothing to look up."""
    if party.canonical:
        return False, PARTY_CHOICES[party.chosen_by], {}
    return True, f"The mail has no address of a {party.role}.", _unmatched("no_address")


def remembered_choice(
    _mail: Mapping[str, Any], _party: Party, candidates: Sequence[Values], choice: Choice | None
) -> Verdict:
    """What a person once chose for this address holds for its later mails."""
    if choice is None:
        return False, "Nobody has chosen a record for this address before.", {}
    if choice.record is None:
        return True, "A person said of this address that it is nobody we know.", _unmatched("unknown")
    known = next((candidate for candidate in candidates if _is(candidate, choice.record)), None)
    label, organization_id = (known or {}).get("label", choice.label), (known or {}).get("organization_id")
    match = _matched(choice.record, label, organization_id or choice.organization_id)
    return True, "A person chose this record for the address before.", match


def one_candidate(
    _mail: Mapping[str, Any], _party: Party, candidates: Sequence[Values], _choice: Choice | None
) -> Verdict:
    """Exactly one record of the best kind (contact, then lead, then organization) holds the address."""
    best = best_of(candidates)
    if len(best) == 1:
        match = _matched({"kind": best[0]["kind"], "id": best[0]["id"]}, best[0]["label"], best[0]["organization_id"])
        return True, best[0]["explanation"], match
    if best:
        return False, f"{len(best)} records of the same kind hold this address.", {}
    return False, "No record holds this address.", {}


def several_candidates(
    _mail: Mapping[str, Any], _party: Party, candidates: Sequence[Values], _choice: Choice | None
) -> Verdict:
    """Two of the same kind: a person must choose."""
    best = best_of(candidates)
    if not best:
        return False, "No record holds this address.", {}
    explanation = f"{len(best)} {best[0]['kind']}s hold this address: a person must choose one."
    return True, explanation, _unmatched("several_candidates")


def unknown_address(
    _mail: Mapping[str, Any], _party: Party, candidates: Sequence[Values], _choice: Choice | None
) -> Verdict:
    """Nobody, or only likely ones, which are shown and never matched by themselves."""
    likely = " Spellings that may be the same mailbox are listed." if candidates else ""
    return True, f"No record holds exactly this address.{likely}", _unmatched("unknown")


RULES = (
    machine_mail,
    ambiguous_sender,
    no_address,
    remembered_choice,
    one_candidate,
    several_candidates,
    unknown_address,
)

PARTY_CHOICES = {
    "from": "The sender is the address in From.",
    "reply_to_of_web_form": "From is a web form or our own address, so the writer is the one in Reply-To.",
    "reply_to_of_list": "From is a list, so the writer is the one in Reply-To.",
    "first_recipient": "The mail is our own, so it is filed under its first recipient.",
}


def chosen(choice: Choice) -> Outcome:
    """The decision that a person made about one mail."""
    tried = [{"rule": "person", "fired": True, "explanation": "A person decided this."}]
    if choice.record is None:
        return Outcome(**_unmatched("unknown"), tried=tried)
    return Outcome(**_matched(choice.record, choice.label, choice.organization_id), tried=tried)


def gone_record(data: Mapping[str, Any]) -> tuple[Values, Values | None]:
    """From the data of an event by which a record went: the record, and who stands in its place now."""
    if "survivor_id" in data:
        kind = "contact" if "contact_id" in data else "organization"
        return {"kind": kind, "id": data[f"{kind}_id"]}, {"kind": kind, "id": data["survivor_id"]}
    kind = next(kind for kind in ("lead", "contact", "organization") if f"{kind}_id" in data)
    heirs = (
        (("contact", data.get("contact_id")), ("organization", data.get("organization_id"))) if kind == "lead" else ()
    )
    heir = next(({"kind": kind, "id": record_id} for kind, record_id in heirs if record_id), None)
    return {"kind": kind, "id": data[f"{kind}_id"]}, heir


def merge_of(event: Event) -> str:
    """The id of the merge that an event tells of; of a conversion, and of older events, their own."""
    return str(event.data.get("merge_id") or event.id)


def best_of(candidates: Sequence[Values]) -> list[Values]:
    """The exact candidates of the best kind there is."""
    exact = [candidate for candidate in candidates if not candidate["weak"]]
    rank = min((candidate["rank"] for candidate in exact), default=None)
    return [candidate for candidate in exact if candidate["rank"] == rank]


def actions(candidates: Sequence[Values], *, matched: bool) -> list[str]:
    """The one-click actions of the match panel (features.md §3)."""
    return list(KNOWN_ACTIONS if matched or best_of(candidates) else UNKNOWN_ACTIONS)


def _is(candidate: Values, record: Values) -> bool:
    return not candidate["weak"] and (candidate["kind"], candidate["id"]) == (record["kind"], record["id"])


def _unmatched(reason: str) -> Values:
    return {"state": "unmatched", "reason": reason}


def _matched(record: Values, label: str | None, organization_id: str | None) -> Values:
    cut = label[:MAX_LABEL] if label else None
    return {"state": "matched", "match": record, "organization_id": organization_id, "label": cut}
