"""The steps behind saving a mailbox: try it, choose its folders, write its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import DatabaseHandle, clock, paging
from chassis.ids import new_id
from contracts.errors import Invalid, MailboxRefused
from mail_ingest_service import domain, records, store
from mail_ingest_service.connecting import Connector
from mail_ingest_service.credentials import Vault
from mail_ingest_service.filing import told_role
from mail_ingest_service.mailbox import Folder
from mail_ingest_service.models import Mailbox
from mail_ingest_service.providers import Server, warnings_about
from mail_ingest_service.refusals import SENTENCES

COLUMNS = records.SETTINGS


@dataclass(frozen=True, slots=True)
class Change:
    """Settings that were tried: the new ones, the sealed secret, and the folders if they were asked for."""

    settings: dict[str, Any]
    sealed: bytes
    folders: Sequence[Folder] | None


def checked(connector: Connector, settings: dict[str, Any]) -> dict[str, Any]:
    """The answer to a person who tries settings out."""
    found = connector.folders(settings)
    chosen(found, settings["folders"])
    server = Server(settings["host"], settings["port"], settings["security"], settings["verify_certificate"])
    folders = [{"name": folder.name, "role": told_role(folder.role)} for folder in found if folder.selectable]
    return {"folders": folders, "warnings": warnings_about(server, connector.authserv_ids(settings["provider"]))}


def chosen(found: Sequence[Folder], names: Sequence[str]) -> list[tuple[Folder, bool]]:
    """The selectable folders, each with whether it is watched: those named, else inbox and sent. MailboxRefused."""
    selectable = [folder for folder in found if folder.selectable]
    missing = sorted(set(names) - {folder.name for folder in selectable})
    if missing:
        raise MailboxRefused(SENTENCES["folder_missing"], reason="folder_missing", fields={"folders": missing})
    return [(folder, folder.name in names if names else folder.role in ("inbox", "sent")) for folder in selectable]


def add(
    session: Session, vault: Vault, settings: dict[str, Any], folders: list[tuple[Folder, bool]], *, now: datetime
) -> Mailbox:
    """The rows of a new mailbox."""
    values = {name: settings[name] for name in COLUMNS}
    secret = vault.seal(settings["secret"])
    mailbox = Mailbox(id=new_id(), version=1, secret=secret, created_at=now, updated_at=now, **values)
    session.add(mailbox)
    session.flush()
    store.add_folders(session, folder_rows(mailbox.id, folders))
    return mailbox


def folder_rows(mailbox_id: str, folders: list[tuple[Folder, bool]]) -> list[dict[str, Any]]:
    """One row for each folder, unread so far."""
    fresh = {"uidvalidity": None, "last_uid": 0, "modseq": None, "resyncs": 0, "resynced_at": None}
    return [
        {"id": new_id(), "mailbox_id": mailbox_id, "name": folder.name, "role": folder.role, "watched": watched} | fresh
        for folder, watched in folders
    ]


def prepare_change(db: DatabaseHandle, connector: Connector, mailbox_id: str, data: dict[str, Any]) -> Change:
    """Put the change over the present settings and try the outcome where it touches the connection."""
    with db.session() as session:
        mailbox = store.mailbox_by_id(session, mailbox_id)
        watched = [folder.name for folder in store.folders_of(session, mailbox_id) if folder.watched]
    present = records.settings_of(mailbox) | {"folders": watched}
    wanted = domain.changed_settings(present, data)
    domain.check_secret_given(present, wanted, data)
    touched = "secret" in data or domain.touches_connection(present, wanted)
    if not touched:
        return Change(wanted, mailbox.secret, None)
    wanted.setdefault("secret", connector.vault.open(mailbox.secret))
    return Change(wanted, connector.vault.seal(wanted["secret"]), connector.folders(wanted))


def apply(session: Session, mailbox: Mailbox, change: Change, *, now: datetime) -> None:
    """Write a change; the version grows by one."""
    for name in COLUMNS:
        setattr(mailbox, name, change.settings[name])
    mailbox.secret, mailbox.updated_at, mailbox.version = change.sealed, now, mailbox.version + 1
    if change.folders is not None:
        marks = chosen(change.folders, change.settings["folders"])
        store.add_folders(session, folder_rows(mailbox.id, marks))
        found = {folder.name: (folder.role, watch) for folder, watch in marks}
        for folder in store.folders_of(session, mailbox.id):
            folder.role, folder.watched = found.get(folder.name, (folder.role, False))
    session.flush()


def remove(mailbox: Mailbox, *, now: datetime) -> None:
    """Mark as removed; the secret is gone at once."""
    mailbox.removed_at, mailbox.secret, mailbox.version = now, b"", mailbox.version + 1


def facts(mailbox: Mailbox) -> dict[str, Any]:
    """The block about a mailbox in events."""
    return {"id": mailbox.id, "name": mailbox.name, "purpose": mailbox.purpose, "policy": mailbox.policy}


def position(cursor: str | None) -> tuple[datetime, str] | None:
    """Where the next page starts. Invalid if the cursor is none of ours."""
    if not cursor:
        return None
    moment, record_id = paging.decode(cursor)
    try:
        return clock.unwire(str(moment)), str(record_id)
    except ValueError:
        raise Invalid("The cursor is not one that this list gave out.", fields={"cursor": ["Start anew."]}) from None
