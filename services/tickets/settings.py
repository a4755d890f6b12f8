"""The settings of tickets."""

import environ

from chassis.settings import Secret, load, settings
from services.tickets.tokens import key_from_secret


@environ.config(prefix="MUSUBI")
class TicketSettings:
    """What tickets needs beside the common settings."""

    ticket_key: str = environ.var(
        "",
        converter=Secret,
        help="Secret that signs ticket tokens in mails; old ones after a comma. Empty: derived from the secret keys",
    )


def token_keys() -> list[bytes]:
    """The keys of ticket tokens: the first one signs, all are accepted. Empty where no secret is set at all."""
    own = _parts(load(TicketSettings).ticket_key)
    return [key_from_secret(secret) for secret in own or _parts(settings().secret_keys)]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
