"""What the demo creates by calls of the services: customers, sales, plans, two mailboxes. Each call may be repeated."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chassis.rpc_client import Services
from contracts.errors import IdempotencyConflict
from demo.deals import DEALS, ISSUER, Deal
from demo.mail_server import HOST
from demo.mails.building import SALES, SUPPORT
from demo.people import CONTACTS, ORGANIZATIONS, Contact
from demo.plans import PLANS, Plan

SIZE_LIMIT = 1024 * 1024
MAILBOXES = {"sales": ("営業 (demo)", SALES), "support": ("サポート (demo)", SUPPORT)}


def create_people(services: Services) -> dict[str, str]:
    """Organizations and contacts; nobody comes twice after a start that was cut off. The contacts' ids by address."""
    ids: dict[str, str] = {}
    for number, organization in enumerate(ORGANIZATIONS):
        data = {"name": organization.name, "addresses": list(organization.addresses), **organization.more}
        made = services.contacts.create_organization(data=data, idempotency_key=f"demo-organization-{number}")
        ids[organization.name] = made["id"]
    contacts: dict[str, str] = {}
    for number, contact in enumerate(CONTACTS):
        data = contact_data(contact, ids[contact.organization], boss_id=contacts.get(contact.boss))
        made = services.contacts.create_contact(data=data, idempotency_key=f"demo-contact-{number}")
        contacts |= dict.fromkeys(contact.addresses, made["id"])
    return contacts


def contact_data(contact: Contact, organization_id: str, *, boss_id: str | None = None) -> dict[str, Any]:
    """The fields of a contact as ``contacts.create_contact`` takes them."""
    last_name_kana, first_name_kana = contact.kana
    return {
        "last_name": contact.last_name,
        "first_name": contact.first_name,
        "last_name_kana": last_name_kana,
        "first_name_kana": first_name_kana,
        "title": contact.title,
        "organization_id": organization_id,
        "reports_to_id": boss_id,
        "addresses": list(contact.addresses),
        **contact.more,
    }


def create_deals(services: Services, contacts: dict[str, str]) -> None:
    """Who issues documents, and what is being sold to whom; nothing comes twice."""
    services.sales.update_issuer(data=ISSUER, version=0, idempotency_key="demo-issuer")
    for number, deal in enumerate(DEALS):
        key = f"demo-deal-{number}"
        opened = services.sales.open_opportunity(
            data=opportunity_data(deal, contacts[deal.address]), idempotency_key=key
        )
        if deal.lines:
            data = {"opportunity_id": opened["id"], "lines": list(deal.lines), "notes": deal.notes}
            quote = services.sales.create_quote(data=data, idempotency_key=f"{key}-quote")
            _move(services.sales.update_quote, quote, deal.stages, f"{key}-quote")
            if deal.invoice is not None:
                due = {"due_date": _day(30)}
                invoice = services.sales.invoice_quote(id=quote["id"], data=due, idempotency_key=f"{key}-invoice")
                _move(services.sales.update_invoice, invoice, deal.invoice, f"{key}-invoice")


def opportunity_data(deal: Deal, contact_id: str) -> dict[str, Any]:
    """The fields of an opportunity as ``sales.open_opportunity`` takes them."""
    named = {"name": deal.name, "amount": deal.amount, "stage": deal.stage, **deal.more}
    return {**named, "contact_id": contact_id, "expected_close": _day(deal.closes_in_days)}


def create_plans(services: Services, contacts: dict[str, str]) -> None:
    """What is to be done with whom, and what was; it is the first staff user's, and nothing comes twice."""
    [me] = services.staff.staff_users(limit=1)["items"]
    actor = {"staff_user_id": me["id"], "name": me["name"]}
    for number, plan in enumerate(PLANS):
        data = activity_data(plan, contacts)
        # Where the first start was cut off and the next one is on another day, it is there with the days of then.
        with suppress(IdempotencyConflict):
            services.activities.create_activity(data=data, actor=actor, idempotency_key=f"demo-plan-{number}")


def activity_data(plan: Plan, contacts: dict[str, str]) -> dict[str, Any]:
    """The fields of an activity as ``activities.create_activity`` takes them."""
    today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
    day = (today + timedelta(plan.days)).isoformat()
    about = [{"kind": "contact", "id": contacts[address]} for address in plan.addresses]
    named = {"kind": plan.kind, "subject": plan.subject, "about": about, **plan.more}
    if plan.kind == "to_do":
        return {**named, "due_at": f"{day}T{plan.at}:00+09:00"} if plan.at else {**named, "due_on": day}
    if plan.at is None:
        return {**named, "all_day": True, "starts_on": day}
    return {**named, "starts_at": f"{day}T{plan.at}:00+09:00"}


def _day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days)).isoformat()


def _move(change: Any, document: dict[str, Any], stages: tuple[str, ...], key: str) -> None:
    for version, stage in enumerate(stages, 1):
        change(id=document["id"], data={"stage": stage}, version=version, idempotency_key=f"{key}-{stage}")


def connect_mailboxes(services: Services, *, port: int, password: str) -> None:
    """Add the mailboxes, or tell the ones that are there the port of today."""
    present = {mailbox["name"]: mailbox for mailbox in services.mail_ingest.mailboxes()["items"]}
    for user, (name, address) in MAILBOXES.items():
        found = present.get(name)
        if found is None:
            services.mail_ingest.add_mailbox(data=mailbox_data(user, name, address, port=port, password=password))
        elif found["port"] != port:
            change = {"port": port, "secret": password}
            services.mail_ingest.update_mailbox(id=found["id"], data=change, version=found["version"])


def mailbox_data(user: str, name: str, address: str, *, port: int, password: str) -> dict[str, Any]:
    """The settings of a demo mailbox: unencrypted, since it never leaves this machine."""
    return {
        "name": name,
        "purpose": user,
        "policy": "automatic",
        "address": address,
        "provider": "other",
        "host": HOST,
        "port": port,
        "security": "none",
        "user": user,
        "secret": password,
        "refresh": "push",
        "folders": ["INBOX", "Sent"],
        "size_limit": SIZE_LIMIT,
    }
