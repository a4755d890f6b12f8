"""``musubi staff …``: the first admin and tokens, made beside the running service, straight in its database."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from chassis.database import DatabaseHandle
from chassis.engine import make_engine
from chassis.settings import database_url_of, load, settings
from contracts.errors import MusubiError
from services.staff import accounts, domain, store
from services.staff.models import Base
from services.staff.settings import StaffSettings

app = typer.Typer(name="staff", help="Staff users and API tokens.", no_args_is_help=True)


@app.command("add-admin")
def add_admin(
    login: Annotated[str, typer.Option(help="Log-in name")],
    name: Annotated[str, typer.Option(help="Name that colleagues see")] = "Admin",
    if_none: Annotated[bool, typer.Option("--if-none", help="Do nothing when there is a staff user already")] = False,
) -> None:
    """Make an admin. Password: MUSUBI_ADMIN_PASSWORD, else a prompt, else (no terminal) made up and printed."""
    with _database() as db:
        if if_none and _has_users(db):
            return
        password, made_up = _password()
        accounts.create_user(db, data={"login": login, "name": name, "role": "admin", "password": password})
        typer.echo(f"Admin {domain.canonical_login(login)} added.")
        if made_up:
            typer.echo(f"Password, shown this once: {password}")


@app.command("add-token")
def add_token(
    login: Annotated[str, typer.Option(help="Whose token it is")],
    name: Annotated[str, typer.Option(help="What it is for")] = "command line",
    scope: Annotated[list[str] | None, typer.Option(help="read, write or admin; may be repeated")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it works")] = domain.TOKEN_DAYS,
) -> None:
    """Make an API token and print it, alone on its line."""
    with _database() as db:
        with db.session() as session:
            user = store.user_by_login(session, login=domain.canonical_login(login))
        if user is None:
            raise typer.BadParameter("There is no such staff user.", param_hint="--login")
        data = {"name": name, "scopes": scope or ["read"], "days": days}
        typer.echo(accounts.create_api_token(db, data=data, staff_user_id=user.id)["token"])


@contextmanager
def _database() -> Iterator[DatabaseHandle]:
    engine = make_engine(database_url_of("staff", settings()))
    try:
        yield DatabaseHandle("staff", engine, metadata=Base.metadata)
    except MusubiError as error:
        details = "".join(f" {sentence}" for sentences in error.fields.values() for sentence in sentences)
        typer.echo(error.message + details, err=True)
        raise typer.Exit(1) from error
    finally:
        engine.dispose()


def _has_users(db: DatabaseHandle) -> bool:
    with db.session() as session:
        return store.any_user(session)


def _password() -> tuple[str, bool]:
    given = load(StaffSettings).admin_password
    if given:
        return given, False
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True)), False
    return secrets.token_urlsafe(12), True
