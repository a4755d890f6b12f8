"""What tests of services stand on: real databases made by the migrations, real services, no broker needed."""

from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from chassis import clock, migrations
from chassis.database import Database, DatabaseHandle
from chassis.engine import make_engine
from chassis.ids import new_id
from chassis.outbox import unpack
from chassis.rpc_client import Rpc
from chassis.validation import check
from contracts.base import Event, EventContract


def migrated_sqlite(folder: Path, service_cls: type) -> str:
    """A fresh SQLite database of a service, made by its migrations; its URL."""
    url = f"sqlite:///{folder}/{service_cls.name}.db"  # type: ignore[attr-defined] # every service has a name
    migrations.upgrade(migrations.models_of(service_cls), url)
    return url


def handle_for(service_cls: type, url: str) -> DatabaseHandle:
    """The database handle that the service's methods get."""
    models = migrations.models_of(service_cls)
    name: str = service_cls.name  # type: ignore[attr-defined] # every service has a name
    return DatabaseHandle(name, make_engine(url), metadata=models.Base.metadata)


def instance(service_cls: type, url: str | None = None, **dependencies: Any) -> Any:
    """A service whose methods can be called directly.

    Its Database is the real one at ``url``; each ``Rpc`` provider must be given by name, as another instance (calls
    then go straight to its methods) or any object that answers.
    """
    service = service_cls()
    for name in dir(service_cls):
        provider = getattr(service_cls, name)
        if isinstance(provider, Database) and url:
            setattr(service, name, handle_for(service_cls, url))
        elif isinstance(provider, Rpc) and name not in dependencies:
            raise TypeError(f"{service_cls.__name__} calls {provider.service}: give {name}=…")
    for name, dependency in dependencies.items():
        setattr(service, name, dependency)
    return service


def published(handle: DatabaseHandle) -> list[Event]:
    """The events in the outbox, in order: what the service has published and no relay has sent."""
    outbox = handle.metadata.tables["outbox"]
    with handle.session() as session:
        rows = session.execute(select(outbox.c.events).order_by(outbox.c.id)).scalars().all()
    return [Event.from_wire(orjson.loads(line.body)) for row in rows for line in unpack(bytes(row))]


def make_event(contract: type[EventContract], *, subject: str | None = None, **data: Any) -> Event:
    """An event as it would arrive; its data are checked against the contract."""
    check(contract.type, data)
    event_id = new_id()
    return Event(
        id=event_id,
        type=contract.type,
        source=contract.source,
        subject=subject or new_id(),
        time=clock.wire(clock.now()),
        correlation_id=event_id,
        causation_id=None,
        data=data,
    )
