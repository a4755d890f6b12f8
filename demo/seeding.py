"""What the demo creates by calls of the services: customers, sales, plans, two mailboxes. Each call may be repeated."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chassis.rpc_client import Services
from demo.deals import DEALS, ISSUER, Deal
from demo.mail_server import HOST
from demo.mails.building import SALES, SUPPORT
from demo.people import CONTACTS, ORGANIZATIONS, Contact
from demo.plans import PLANS, Plan

SIZE_LIMIT = 1024 * 1024
OFFICE = ZoneInfo("Asia/Tokyo")
MAILBOXES = {"sales": ("営業 (demo)", SALES), "support": ("サポート (demo)", SUPPORT)}


def create_people(services: Services) -> dict[str, str]:
    """Organizations and contacts; nobody comes twice after a start that was cut off. The contacts' ids by address."""
    ids: dict[str, str] = {}
    for number, organization in enumerate(ORGANIZATIONS):
        ids[organization.name] = _organization(services, number)["id"]
    contacts: dict[str, str] = {}
    for number, contact in enumerate(CONTACTS):
        data = contact_data(contact, ids[contact.organization], boss_id=contacts.get(contact.boss))
        made = services.contacts.create_contact(data=data, idempotency_key=f"demo-contact-{number}")
        contacts |= dict.fromkeys(contact.addresses, made["id"])
    return contacts


def _organization(services: Services, number: int) -> dict[str, Any]:
    organization = ORGANIZATIONS[number]
    data = {"name": organization.name, "addresses": list(organization.addresses), **organization.more}
    made: dict[str, Any] = services.contacts.create_organization(
        data=data, idempotency_key=f"demo-organization-{number}"
    )
    return made


def first_day(services: Services) -> date:
    """The day of the first start, in the office: all dates are counted from it, so that a later start names the same.

    It is that of the first organization, which a call that is repeated tells as it was made.
    """
    made = datetime.fromisoformat(_organization(services, 0)["created_at"])
    return made.astimezone(OFFICE).date()


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
    today = first_day(services)
    for number, deal in enumerate(DEALS):
        key = f"demo-deal-{number}"
        opened = services.sales.open_opportunity(
            data=opportunity_data(deal, contacts[deal.address], today), idempotency_key=key
        )
        if deal.lines:
            written = {"issue_date": _day(today), "lines": list(deal.lines), "notes": deal.notes}
            data = {"opportunity_id": opened["id"], **written}
            quote = services.sales.create_quote(data=data, idempotency_key=f"{key}-quote")
            _move(services.sales.update_quote, quote, deal.stages, f"{key}-quote")
            if deal.invoice is not None:
                dates = {"issue_date": _day(today), "due_date": _day(today, 30)}
                invoice = services.sales.invoice_quote(id=quote["id"], data=dates, idempotency_key=f"{key}-invoice")
                _move(services.sales.update_invoice, invoice, deal.invoice, f"{key}-invoice")


def opportunity_data(deal: Deal, contact_id: str, today: date) -> dict[str, Any]:
    """The fields of an opportunity as ``sales.open_opportunity`` takes them."""
    named = {"name": deal.name, "amount": deal.amount, "stage": deal.stage, **deal.more}
    return {**named, "contact_id": contact_id, "expected_close": _day(today, deal.closes_in_days)}


def create_plans(services: Services, contacts: dict[str, str]) -> None:
    """What is to be done with whom, and what was; it is the first staff user's, and nothing comes twice."""
    [me] = services.staff.staff_users(limit=1)["items"]
    actor = {"staff_user_id": me["id"], "name": me["name"]}
    today = first_day(services)
    for number, plan in enumerate(PLANS):
        data = activity_data(plan, contacts, today)
        services.activities.create_activity(data=data, actor=actor, idempotency_key=f"demo-plan-{number}")


def activity_data(plan: Plan, contacts: dict[str, str], today: date) -> dict[str, Any]:
    """The fields of an activity as ``activities.create_activity`` takes them."""
    day = _day(today, plan.days)
    about = [{"kind": "contact", "id": contacts[address]} for address in plan.addresses]
    named = {"kind": plan.kind, "subject": plan.subject, "about": about, **plan.more}
    if plan.kind == "to_do":
        return {**named, "due_at": f"{day}T{plan.at}:00+09:00"} if plan.at else {**named, "due_on": day}
    if plan.at is None:
        return {**named, "all_day": True, "starts_on": day}
    return {**named, "starts_at": f"{day}T{plan.at}:00+09:00"}


def _day(today: date, days: int = 0) -> str:
    return (today + timedelta(days)).isoformat()


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
