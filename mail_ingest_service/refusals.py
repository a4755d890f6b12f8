"""Why a mailbox cannot be used: a stable word for programs, a plain sentence for people."""

from contracts.errors import MailboxRefused

SENTENCES = {
    "host_refused": "The server does not take a connection on this port: check server and port.",
    "timeout": "The server did not answer within 30 seconds: check server, port and security, or try again later.",
    "certificate": "The certificate of the server is not valid for this host name: check the name, or have it renewed.",
    "tls": "No encrypted connection could be made: choose another security (SSL, STARTTLS) that fits the port.",
    "login_refused": "The server refused user or password. With Gmail, Yahoo and Office365 an app password or OAuth2 "
    "is needed.",
    "busy": "The server is busy or has too many connections of this user; it is tried again.",
    "folder_missing": "There is no folder of this name (any more): choose the folders anew.",
    "uidvalidity_missing": "The server does not say how it numbers the mails of this folder (UIDVALIDITY), so new mail "
    "cannot be told from old: ask the server's administrator.",
    "connection_lost": "The server ended the connection; it is tried again.",
    "server_error": "The server answered with an error; it is tried again.",
}


def too_slow(seconds: float) -> MailboxRefused:
    """The error of a server that could not be tried out in time, from its name's look-up to its list of folders."""
    sentence = (
        f"The server did not answer all that was asked within {seconds:g} seconds: check server, port and security, or "
        "try again later. If it is known to be slow, MUSUBI_MAIL_CHECK_SECONDS and MUSUBI_RPC_TIMEOUT give it more."
    )
    return MailboxRefused(sentence, reason="too_slow")


def refused(reason: str) -> MailboxRefused:
    """The error for a reason."""
    return MailboxRefused(SENTENCES[reason], reason=reason)
