"""``musubi mailbox …``: mailboxes and the quarantine from a terminal, through the running service."""

from typing import Annotated, Any

import typer
from sqlalchemy import select

from chassis import DatabaseHandle, Services
from chassis.engine import make_engine
from chassis.settings import database_url_of, settings
from contracts.errors import MusubiError
from mail_ingest_service import models
from mail_ingest_service.credentials import Vault
from mail_ingest_service.domain import MEGABYTE

app = typer.Typer(help="Mailboxes: add, list, check, remove; quarantine; keys.", no_args_is_help=True)
quarantine = typer.Typer(help="Mails that are kept raw only.", no_args_is_help=True)
app.add_typer(quarantine, name="quarantine")

Provider = Annotated[str, typer.Option(help="gmail, yahoo, office365 or other")]
User = Annotated[str, typer.Option(help="Log-in name, mostly the mail address")]
Secret = Annotated[
    str,
    typer.Option(
        prompt="Password or access token",
        hide_input=True,
        envvar="MUSUBI_MAILBOX_SECRET",
        help="Password (an app password where the provider asks for one) or access token; asked for where left out",
    ),
]
Host = Annotated[str | None, typer.Option(help="IMAP server, for other")]
Port = Annotated[int | None, typer.Option(help="Port, if not the usual one")]
Security = Annotated[str | None, typer.Option(help="ssl, starttls or none, for other")]
Authentication = Annotated[str, typer.Option(help="password or xoauth2")]
Purpose = Annotated[str, typer.Option(help="personal, sales, support or general")]
Name = Annotated[str | None, typer.Option(help="How people call it")]
Refresh = Annotated[str, typer.Option(help="none, 1, 5, 10 (minutes) or push")]
Folders = Annotated[list[str] | None, typer.Option("--folder", help="A folder to watch; may be repeated")]
Limit = Annotated[int | None, typer.Option("--size-limit", help="Mails above these MB wait in quarantine")]
Since = Annotated[str | None, typer.Option(help="Read mail from this day on, YYYY-MM-DD")]


@app.command()
def add(
    user: User,
    secret: Secret,
    provider: Provider = "other",
    host: Host = None,
    port: Port = None,
    security: Security = None,
    authentication: Authentication = "password",
    purpose: Purpose = "general",
    name: Name = None,
    refresh: Refresh = "push",
    folder: Folders = None,
    since: Since = None,
    limit: Limit = None,
) -> None:
    """Connect to a mailbox and save it."""
    given: dict[str, Any] = {
        "user": user,
        "secret": secret,
        "provider": provider,
        "host": host,
        "port": port,
        "security": security,
        "authentication": authentication,
        "purpose": purpose,
        "name": name,
        "refresh": refresh,
        "folders": folder,
        "first_sync_from": since,
        "size_limit": limit * MEGABYTE if limit else None,
    }
    data = {key: value for key, value in given.items() if value is not None}
    saved = _call("add_mailbox", data=data)
    typer.echo(f"Saved as {saved['id']}; it reads {', '.join(saved['folders'])}.")
    for warning in saved["warnings"]:
        typer.echo(f"Warning: {warning}", err=True)


@app.command("list")
def list_() -> None:
    """List the mailboxes."""
    for mailbox in _call("mailboxes")["items"]:
        state = mailbox["problem"]["text"] if mailbox["problem"] else "ok"
        typer.echo(f"{mailbox['id']}  {mailbox['name']}  {mailbox['purpose']}  {mailbox['refresh']}  {state}")


@app.command()
def remove(mailbox_id: str) -> None:
    """Read a mailbox no longer; its mails stay."""
    _call("remove_mailbox", id=mailbox_id)
    typer.echo("Removed.")


@app.command()
def check(mailbox_id: str) -> None:
    """Look for new mail now, and show the problem of a mailbox if it has one."""
    _call("synchronize", id=mailbox_id)
    problem = _call("mailbox", id=mailbox_id)["problem"]
    typer.echo(problem["text"] if problem else "Readable; it is being synchronized.")


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Encrypt all secrets with the first key of MUSUBI_SECRET_KEYS; the old ones may go afterwards."""
    shared = settings()
    engine = make_engine(database_url_of("mail_ingest", shared))
    handle = DatabaseHandle("mail_ingest", engine, metadata=models.Base.metadata)
    typer.echo(f"{rotate(handle, Vault.from_setting(shared.secret_keys))} secrets are under the newest key now.")


def rotate(handle: DatabaseHandle, vault: Vault) -> int:
    """Rotate every secret in one transaction; the number of them."""
    with handle.session() as session:
        live = select(models.Mailbox).where(models.Mailbox.removed_at.is_(None)).with_for_update()
        found = session.scalars(live).all()
        for mailbox in found:
            mailbox.secret = vault.rotate(mailbox.secret)
    return len(found)


@quarantine.command("list")
def list_quarantine() -> None:
    """List the mails in quarantine with their reasons."""
    cursor: str | None = None
    while True:
        page = _call("quarantined", cursor=cursor)
        for entry in page["items"]:
            typer.echo(f"{entry['id']}  {entry['size']:>12,} bytes  {entry['attempts']}x  {entry['reason']}")
        cursor = page["next"]
        if not cursor:
            return


@quarantine.command()
def retry(mail_message_id: str) -> None:
    """Parse a mail of the quarantine again, whatever its size."""
    outcome = _call("retry_quarantined", id=mail_message_id)
    typer.echo("Received." if outcome["state"] == "received" else f"Still in quarantine: {outcome['reason']}")


def _call(method: str, **arguments: Any) -> Any:
    try:
        with Services("mailbox-command") as services:
            return getattr(services.mail_ingest, method)(**arguments)
    except MusubiError as error:
        typer.echo(error.message, err=True)
        for name, sentences in error.fields.items():
            typer.echo(f"  {name}: {' '.join(sentences)}", err=True)
        raise typer.Exit(1) from None
