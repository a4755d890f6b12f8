"""Runs services in this process until it is told to stop, and ends it when one of them cannot go on."""

import gc
import os
import signal
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from types import FrameType
from typing import Any

import eventlet
from eventlet import patcher
from nameko.runners import ServiceRunner

from chassis import logs, migrations
from chassis.carrier import Carrier
from chassis.events import event_types
from chassis.health import Health
from chassis.http import serve
from chassis.link import Link
from chassis.settings import Settings, database_url_of, settings
from chassis.topology import declare_exchange, declare_reader

STOP_SECONDS = 25
STUCK_SECONDS = 30
STUCK_EXIT_CODE = 70
MAX_WORKERS = 40

log = logs.logger(__name__)


def service_classes(names: list[str] | None = None) -> dict[str, type]:
    """Name -> class of the services that are installed, or of those named. KeyError for an unknown name."""
    installed = {point.name: point for point in entry_points(group="musubi.services")}
    return {name: installed[name].load() for name in (names or sorted(installed))}


def migrate(classes: dict[str, type], settings: Settings) -> None:
    """Bring every database to its newest form."""
    for name, cls in classes.items():
        models = migrations.models_of(cls)
        if models is not None:
            migrations.upgrade(models, database_url_of(name, settings))


def declare_topology(classes: dict[str, type], *, timeout: float = 30) -> None:
    """Declare every exchange and queue, so that an event published before its reader first starts waits for it."""
    link = Link("topology")

    def declare(link: Link) -> None:
        channel = link.channel()
        for name, cls in classes.items():
            declare_exchange(channel, name)
            if migrations.models_of(cls) is not None:
                declare_reader(channel, name, event_types(cls))

    link.on_connect.append(declare)
    link.start()
    connected = link.wait_ready(timeout)
    link.stop()
    if not connected:
        raise SystemExit("The broker cannot be reached: check MUSUBI_AMQP_URL and that it is running.")


def collect_less_garbage() -> None:
    """Leave what was loaded at the start out of every collection, and collect after more new objects than by default.

    A batch of 500 events makes some 100,000 objects that references alone free; looking through them cost a tenth of
    the CPU of the mail road.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class Process:
    """The services of this process. ``run`` returns the exit code."""

    def __init__(self, classes: dict[str, type]) -> None:
        """Containers are made at once and started by ``start``."""
        self.runner = ServiceRunner({"max_workers": MAX_WORKERS, "serializer": "json"})
        for cls in classes.values():
            self.runner.add_service(cls)
        self.health = Health(self.runner.containers)
        for container in self.runner.containers:
            container.config["health"] = self.health
        self._stopping = False
        self._beat = time.monotonic()

    def start(self) -> None:
        """Start every service; a gateway among them answers the health checks itself, else a small server does."""
        chosen = settings()
        self.runner.start()
        if chosen.http_port and "gateway" not in self.runner.service_names:
            serve(self.health, chosen.http_host, chosen.http_port)
        collect_less_garbage()
        eventlet.spawn(self._heartbeat)
        patcher.original("threading").Thread(target=self._watch, daemon=True, name="watchdog").start()

    def run(self, *, started: Callable[[], None] = lambda: None) -> int:
        """Start, and wait until SIGTERM or SIGINT (0) or until a service could not go on (1).

        ``started`` runs in a greenlet of its own once every service was started.
        """
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        self.start()
        eventlet.spawn(started)
        log.info("running", services=sorted(self.runner.service_names))
        try:
            self.runner.wait()
        except Exception:
            log.exception("a service could not go on; the process ends so that it is started anew")
            return 1
        return 0

    def stop(self) -> None:
        """Let what is being handled finish, then stop; after STOP_SECONDS the process ends all the same."""
        self._stopping = True
        deadline = eventlet.spawn_after(STOP_SECONDS, os._exit, 1)
        self.runner.stop()
        deadline.cancel()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            eventlet.spawn_n(self.stop)

    def _heartbeat(self) -> None:
        while True:
            self._beat = time.monotonic()
            eventlet.sleep(1)

    def _watch(self) -> None:
        # A thread of the operating system: it still runs when something has blocked the hub.
        sleep: Any = patcher.original("time").sleep
        while time.monotonic() - min([self._beat, *(link.last_alive for link in self._links())]) < STUCK_SECONDS:
            sleep(1)
        os.write(2, b"the process has been stuck for 30 s and ends so that it is started anew\n")
        os._exit(STUCK_EXIT_CODE)

    def _links(self) -> list[Link]:
        carriers = [part for box in self.runner.containers for part in box.extensions if isinstance(part, Carrier)]
        return [link for carrier in carriers for link in carrier.links if not link.stopped]
