"""What the demo creates by calls of the services: customers and the two mailboxes. Each call may be repeated."""

from typing import Any

from chassis.rpc_client import Services
from demo.mail_server import HOST
from demo.mails.building import SALES, SUPPORT
from demo.people import CONTACTS, ORGANIZATIONS, Contact

SIZE_LIMIT = 1024 * 1024
MAILBOXES = {"sales": ("営業 (demo)", SALES), "support": ("サポート (demo)", SUPPORT)}


def create_people(services: Services) -> None:
    """Organizations and contacts; nobody comes twice after a start that was cut off."""
    ids: dict[str, str] = {}
    for number, organization in enumerate(ORGANIZATIONS):
        data: dict[str, Any] = {"name": organization.name, "addresses": list(organization.addresses)}
        made = services.contacts.create_organization(data=data, idempotency_key=f"demo-organization-{number}")
        ids[organization.name] = made["id"]
    for number, contact in enumerate(CONTACTS):
        data = contact_data(contact, ids[contact.organization])
        services.contacts.create_contact(data=data, idempotency_key=f"demo-contact-{number}")


def contact_data(contact: Contact, organization_id: str) -> dict[str, Any]:
    """The fields of a contact as ``contacts.create_contact`` takes them."""
    last_name_kana, first_name_kana = contact.kana
    return {
        "last_name": contact.last_name,
        "first_name": contact.first_name,
        "last_name_kana": last_name_kana,
        "first_name_kana": first_name_kana,
        "title": contact.title,
        "organization_id": organization_id,
        "addresses": list(contact.addresses),
    }


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
