"""The kinds of mail server a person can choose, each with the settings that are known beforehand."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from contracts.errors import Invalid

SECURITIES = ("ssl", "starttls", "none")
AUTHENTICATIONS = ("password", "xoauth2")
REFRESHES = ("none", "1", "5", "10", "push")

NO_CERTIFICATE_CHECK = (
    "The certificate of this server is not checked: whoever sits in between can read the password. "
    "Better give the server's own CA in MUSUBI_MAIL_CA_FILE."
)
NO_ENCRYPTION = "The connection is not encrypted: use it inside a trusted network only."
NOBODY_VOUCHES = (
    "Nothing in the mails of this mailbox tells a forged sender from a true one: name the authserv-id under which your "
    "mail server writes Authentication-Results in MUSUBI_MAIL_AUTHSERV_IDS, if it has one of its own."
)


@dataclass(frozen=True, slots=True)
class Provider:
    """What is known of a provider. ``vendor`` goes into the XOAUTH2 answer (Yahoo asks for it).

    ``authserv_ids``: the names under which it writes Authentication-Results above what others wrote; one that begins
    with a dot is the end of such names. Office365 has none: its field begins with the results (decision 0013).
    """

    key: str
    label: str
    host: str = ""
    port: int = 993
    security: str = "ssl"
    sent_folders: tuple[str, ...] = ()
    junk_folders: tuple[str, ...] = ()
    authentications: tuple[str, ...] = AUTHENTICATIONS
    vendor: str | None = None
    authserv_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Server:
    """One IMAP server to connect to."""

    host: str
    port: int
    security: str
    verify_certificate: bool = True


PROVIDERS = {
    provider.key: provider
    for provider in (
        Provider(
            "gmail",
            "Gmail",
            "imap.gmail.com",
            sent_folders=("[Gmail]/Sent Mail", "[Gmail]/送信済みメール"),
            junk_folders=("[Gmail]/Spam", "[Gmail]/迷惑メール"),
            authserv_ids=("mx.google.com",),
        ),
        Provider(
            "yahoo",
            "Yahoo",
            "imap.mail.yahoo.com",
            sent_folders=("Sent",),
            junk_folders=("Bulk", "Bulk Mail"),
            vendor="MUSUBI",
            authserv_ids=(".yahoo.com",),
        ),
        Provider(
            "office365",
            "Office365",
            "outlook.office365.com",
            sent_folders=("Sent Items", "送信済みアイテム"),
            junk_folders=("Junk Email", "迷惑メール"),
        ),
        Provider(
            "other",
            "Other",
            sent_folders=("Sent", "Sent Messages", "INBOX.Sent", "送信済み", "送信済みメール"),
            junk_folders=("Junk", "Junk E-mail", "Spam", "INBOX.Junk", "INBOX.Spam", "迷惑メール"),
        ),
    )
}


def provider_named(key: str) -> Provider:
    """The provider; Invalid with the known names where there is none such."""
    if key not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise Invalid(f"There is no mail provider {key!r}: choose one of {known}.", fields={"provider": ["Unknown."]})
    return PROVIDERS[key]


def server_for(settings: dict[str, Any]) -> Server:
    """Where to connect: a preset's own server, or for Other what the settings say. Invalid tells what is missing."""
    provider = provider_named(settings["provider"])
    if provider.host:
        return Server(provider.host, provider.port, provider.security)
    if not settings.get("host"):
        raise Invalid("Say which server the mailbox lies on.", fields={"host": ["A host name is needed."]})
    security = settings.get("security") or provider.security
    port = settings.get("port") or (993 if security == "ssl" else 143)
    return Server(settings["host"], port, security, settings.get("verify_certificate", True))


def warnings_about(server: Server, authserv_ids: Collection[str]) -> list[str]:
    """Sentences for the person who saves these settings; empty when all is well."""
    warnings = [] if server.verify_certificate or server.security == "none" else [NO_CERTIFICATE_CHECK]
    warnings += [NO_ENCRYPTION] if server.security == "none" else []
    return warnings if authserv_ids else [*warnings, NOBODY_VOUCHES]
