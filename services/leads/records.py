"""What leads answers with: JSON values of its rows."""

from collections.abc import Iterable
from typing import Any

from chassis import clock
from services.leads import domain
from services.leads.models import Lead, LeadMail

_PLAIN_NAMES = """
    id version state status last_name first_name company address canonical title description designation phone
    mobile website industry rating source owner_id mailbox_id contact_id organization_id opportunity_id
"""


def lead(row: Lead) -> dict[str, Any]:
    """One lead."""
    plain = {name: getattr(row, name) for name in _PLAIN_NAMES.split()}
    times = {"created_at": clock.wire(row.created_at), "updated_at": clock.wire(row.updated_at)}
    return {**plain, "number": domain.number(row.number), **times}


def mails(rows: Iterable[LeadMail]) -> list[dict[str, Any]]:
    """The mails of a lead."""
    return [{"mail_message_id": row.mail_message_id, "received_at": clock.wire(row.received_at)} for row in rows]
