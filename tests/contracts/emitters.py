"""For every event type: what to do that its emitter publishes it. A test fails where a type is missing."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import contracts
from chassis import clock
from contracts.base import Event, EventContract
from tests.contracts.commenting import COMMENTING
from tests.contracts.importing import IMPORTING
from tests.contracts.mailroom import plain_mail
from tests.contracts.office import PERSON, Office
from tests.contracts.selling import SELLING

OWNED = {"owner_id": PERSON["staff_user_id"], "notify_owner": True}
HANAKO = {"last_name": "田中", "first_name": "花子", "addresses": ["hanako@abc.example"], "title": "部長", **OWNED}
DOUBLE = {"last_name": "田仲", "first_name": "花子", "addresses": ["hanako@old.example"]}
ABC = {"name": "株式会社エービーシー", "addresses": ["info@abc.example"], **OWNED}
MEETING = {"kind": "meeting", "subject": "見積りの打合せ", "starts_at": "2026-12-01T10:00:00+09:00", "place": "本社"}
LEAD = {"last_name": "鈴木", "company": "XYZ", "address": "suzuki@xyz.example"}


def add_hanako(office: Office) -> dict[str, Any]:
    return office.contacts.create_contact(data=HANAKO)


def change_contact(office: Office) -> None:
    office.contacts.update_contact(id=add_hanako(office)["id"], data={"title": "社長"}, version=1)


def delete_contact(office: Office) -> None:
    office.contacts.delete_contact(id=add_hanako(office)["id"])


def restore_contact(office: Office) -> None:
    made = add_hanako(office)
    office.contacts.delete_contact(id=made["id"])
    office.contacts.restore_contact(id=made["id"])


def opt_out(office: Office) -> None:
    office.contacts.create_contact(data={"last_name": "田中", "email_opt_out": True}, actor=PERSON)


def opt_in(office: Office) -> None:
    made = office.contacts.create_contact(data={"last_name": "田中", "email_opt_out": True})
    office.contacts.update_contact(id=made["id"], data={"email_opt_out": False}, version=1)


def opt_an_organization_out(office: Office) -> str:
    made = office.contacts.create_organization(data={**ABC, "email_opt_out": True}, actor=PERSON)
    return str(made["id"])


def opt_an_organization_in(office: Office) -> None:
    office.contacts.update_organization(id=opt_an_organization_out(office), data={"email_opt_out": False}, version=1)


def enable_portal(office: Office) -> None:
    office.contacts.create_contact(data={"last_name": "田中", "addresses": ["tanaka@abc.example"], "portal": True})


def disable_portal(office: Office) -> None:
    data = {"last_name": "田中", "addresses": ["tanaka@abc.example"], "portal": True}
    made = office.contacts.create_contact(data=data)
    office.contacts.update_contact(id=made["id"], data={"portal": False}, version=1)


def merge_contacts(office: Office) -> str:
    survivor, other = add_hanako(office), office.contacts.create_contact(data=DOUBLE)
    office.contacts.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]])
    return str(other["id"])


def unmerge_contacts(office: Office) -> None:
    office.contacts.unmerge_contact(id=merge_contacts(office))


def merge_organizations(office: Office) -> str:
    survivor, other = (
        add_abc(office),
        office.contacts.create_organization(data={"name": "㈱エービーシー", "addresses": ["sales@abc.example"]}),
    )
    office.contacts.merge_organizations(survivor_id=survivor["id"], other_ids=[other["id"]])
    return str(other["id"])


def unmerge_organizations(office: Office) -> None:
    office.contacts.unmerge_organization(id=merge_organizations(office))


def add_abc(office: Office) -> dict[str, Any]:
    return office.contacts.create_organization(data=ABC)


def change_organization(office: Office) -> None:
    office.contacts.update_organization(id=add_abc(office)["id"], data={"name": "ABC 株式会社"}, version=1)


def delete_organization(office: Office) -> None:
    office.contacts.delete_organization(id=add_abc(office)["id"])


def restore_organization(office: Office) -> None:
    made = add_abc(office)
    office.contacts.delete_organization(id=made["id"])
    office.contacts.restore_organization(id=made["id"])


def receive_mail(office: Office) -> None:
    office.mail_ingest.receive(plain_mail())


def receive_empty_mail(office: Office) -> None:
    office.mail_ingest.receive(b"\r\n\r\n")


def add_mailbox(office: Office) -> None:
    office.mail_ingest.add_mailbox()


def rename_mailbox(office: Office) -> None:
    made = office.mail_ingest.add_mailbox()
    office.mail_ingest.service.update_mailbox(id=made["id"], data={"name": "新しい窓口"}, version=1)


def remove_mailbox(office: Office) -> None:
    office.mail_ingest.service.remove_mailbox(id=office.mail_ingest.add_mailbox()["id"])


def fail_to_log_in(office: Office) -> str:
    mailbox_id = str(office.mail_ingest.add_mailbox()["id"])
    office.mail_ingest.change_secret_behind_our_back(mailbox_id, "no longer valid")
    office.mail_ingest.read(mailbox_id)
    return mailbox_id


def log_in_again(office: Office) -> None:
    mailbox_id = fail_to_log_in(office)
    office.mail_ingest.change_secret_behind_our_back(mailbox_id, office.mail_ingest.account.password)
    office.mail_ingest.read(mailbox_id)


def match_a_mail(office: Office, *, purpose: str = "sales", address: str = "hanako@abc.example") -> Event:
    add_hanako(office)
    office.tell("matcher", office.mail_from(address, purpose=purpose))
    return office.said(contracts.SenderMatched)[-1]


def meet_a_stranger(office: Office, *, purpose: str = "sales") -> Event:
    office.tell("matcher", office.mail_from("suzuki@xyz.example", purpose=purpose))
    return office.said(contracts.SenderUnmatched)[-1]


def correct_a_decision(office: Office) -> None:
    mail_id = meet_a_stranger(office).subject
    record = {"kind": "contact", "id": add_hanako(office)["id"]}
    office.matcher.correct(mail_message_id=mail_id, record=record, actor=PERSON)


def open_a_lead(office: Office) -> Event:
    office.tell("leads", meet_a_stranger(office))
    return office.said(contracts.LeadOpened)[-1]


def join_a_lead(office: Office) -> None:
    open_a_lead(office)
    office.tell("leads", meet_a_stranger(office))


def lead_by_hand(office: Office) -> dict[str, Any]:
    return office.leads.open_lead(data=LEAD)


def change_lead(office: Office) -> None:
    office.leads.update_lead(id=lead_by_hand(office)["id"], data={"status": "Hot"}, version=1)


def convert_lead(office: Office) -> None:
    office.leads.convert_lead(id=lead_by_hand(office)["id"], data={"opportunity": {}})


def delete_lead(office: Office) -> None:
    office.leads.delete_lead(id=lead_by_hand(office)["id"])


def open_a_ticket(office: Office) -> Event:
    office.tell("tickets", match_a_mail(office, purpose="support"))
    return office.said(contracts.TicketOpened)[-1]


def reply_to_a_ticket(office: Office) -> None:
    open_a_ticket(office)
    first = office.said(contracts.SenderMatched)[-1].data["mail"]["message_id"]
    answer = {"message_id": "mitsumori-2@abc.example", "in_reply_to": first, "references": [first]}
    office.tell("matcher", office.mail_from("hanako@abc.example", purpose="support", **answer))
    office.tell("tickets", office.said(contracts.SenderMatched)[-1])


def change_ticket(office: Office) -> None:
    ticket_id = open_a_ticket(office).subject
    office.tickets.update_ticket(id=ticket_id, data={"priority": "High"}, version=1)


def enter_a_mail_into_history(office: Office) -> None:
    office.tell("history", match_a_mail(office))


def plan_a_meeting(office: Office) -> dict[str, Any]:
    named = {"kind": "contact", "id": add_hanako(office)["id"]}
    made: dict[str, Any] = office.activities.create_activity(data={**MEETING, "about": [named], "attendees": [named]})
    return made


def change_meeting(office: Office, **changes: Any) -> dict[str, Any]:
    made = plan_a_meeting(office)
    changed: dict[str, Any] = office.activities.update_activity(id=made["id"], data=changes, version=made["version"])
    return changed


def reopen_meeting(office: Office) -> None:
    held = change_meeting(office, status="Held")
    office.activities.update_activity(id=held["id"], data={"status": "Planned"}, version=held["version"])


def delete_meeting(office: Office) -> str:
    made = plan_a_meeting(office)
    office.activities.delete_activity(id=made["id"], version=made["version"])
    return str(made["id"])


def remind_of_a_to_do(office: Office) -> None:
    soon = clock.wire(clock.now() + timedelta(minutes=5))
    data = {"kind": "to_do", "subject": "見積書を送る", "due_at": soon, "reminder_minutes": 15}
    office.activities.create_activity(data=data, actor=PERSON)
    office.activities.remind()


def add_staff_user(office: Office) -> None:
    data = {"login": "hanako", "name": "佐藤 花子", "role": "staff", "password": "correct horse 馬"}
    office.staff.create_staff_user(data=data)


EMITTING: dict[type[EventContract], Callable[[Office], Any]] = {
    contracts.ActivityCancelled: partial(change_meeting, status="Not Held"),
    contracts.ActivityCompleted: partial(change_meeting, status="Held", result="受注の見込み"),
    contracts.ActivityDeleted: delete_meeting,
    contracts.ActivityPlanned: plan_a_meeting,
    contracts.ActivityReminded: remind_of_a_to_do,
    contracts.ActivityReopened: reopen_meeting,
    contracts.ActivityRestored: lambda office: office.activities.restore_activity(id=delete_meeting(office)),
    contracts.ActivityUpdated: partial(change_meeting, place="ABC 様 本社"),
    contracts.AddressAssigned: add_hanako,
    contracts.AddressReleased: delete_contact,
    contracts.ContactCreated: add_hanako,
    contracts.ContactDeleted: delete_contact,
    contracts.ContactMerged: merge_contacts,
    contracts.ContactOptedIn: opt_in,
    contracts.ContactOptedOut: opt_out,
    contracts.ContactPortalDisabled: disable_portal,
    contracts.ContactPortalEnabled: enable_portal,
    contracts.ContactRestored: restore_contact,
    contracts.ContactUnmerged: unmerge_contacts,
    contracts.ContactUpdated: change_contact,
    contracts.HistoryEntryAdded: enter_a_mail_into_history,
    contracts.LeadConverted: convert_lead,
    contracts.LeadDeleted: delete_lead,
    contracts.LeadMailJoined: join_a_lead,
    contracts.LeadOpened: open_a_lead,
    contracts.LeadUpdated: change_lead,
    contracts.MailMessageQuarantined: receive_empty_mail,
    contracts.MailMessageReceived: receive_mail,
    contracts.MailboxAdded: add_mailbox,
    contracts.MailboxChanged: rename_mailbox,
    contracts.MailboxFailed: fail_to_log_in,
    contracts.MailboxRecovered: log_in_again,
    contracts.MailboxRemoved: remove_mailbox,
    contracts.MailboxSynchronized: receive_mail,
    contracts.MatchCorrected: correct_a_decision,
    contracts.OrganizationCreated: add_abc,
    contracts.OrganizationDeleted: delete_organization,
    contracts.OrganizationMerged: merge_organizations,
    contracts.OrganizationOptedIn: opt_an_organization_in,
    contracts.OrganizationOptedOut: opt_an_organization_out,
    contracts.OrganizationRestored: restore_organization,
    contracts.OrganizationUnmerged: unmerge_organizations,
    contracts.OrganizationUpdated: change_organization,
    contracts.SenderMatched: match_a_mail,
    contracts.SenderUnmatched: meet_a_stranger,
    contracts.StaffUserCreated: add_staff_user,
    contracts.TicketOpened: open_a_ticket,
    contracts.TicketReplyReceived: reply_to_a_ticket,
    contracts.TicketUpdated: change_ticket,
    **IMPORTING,
    **SELLING,
    **COMMENTING,
}
