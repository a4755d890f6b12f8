"""``musubi up --demo``: a mail server with a small company's mails, read and told about as it happens."""

import os
import secrets
import time
from collections import Counter
from pathlib import Path
from typing import Any

import eventlet
from eventlet.queue import Empty
from rich.cells import set_cell_size
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from chassis.ids import new_id
from chassis.link import Link
from chassis.live import Feed, Listener
from chassis.rpc_client import Services
from chassis.topology import declare_exchange, exchange_of
from chassis.up import Site
from demo import seeding
from demo.mail_server import HOST, MailServer
from demo.mails import all_mails
from demo.story import Line, Storyteller, summary

EMITTERS = ("mail_ingest", "matcher", "leads", "tickets", "history")
LISTEN_SECONDS = 0.2
SUBJECT_CELLS, SENDER_CELLS = 34, 18
PASSWORD = "demo_mail_password"
AUTHSERV_ID = "mx.yotsuba.example"
COLORS = {"lead": "green", "ticket": "yellow", "quarantine": "red", "nothing": "dim"}


def mail_server(site: Site) -> MailServer:
    """The demo's mail server of a data folder."""
    folder = site.data / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    return MailServer(folder, site.secret(PASSWORD, lambda: secrets.token_urlsafe(12)))


class Demo:
    """Comes with ``musubi up``, and does nothing without ``--demo``."""

    def __init__(self, site: Site) -> None:
        """``site``: where the data lie."""
        self._site = site
        self._server = mail_server(site) if site.demo else None
        self._link: Link | None = None

    def prepare(self) -> None:
        """Start the mail server and let mail_ingest reach it: hosts of the own network are refused otherwise."""
        if self._server:
            allowed = [os.environ.get("MUSUBI_MAIL_HOST_ALLOW", ""), HOST]
            os.environ["MUSUBI_MAIL_HOST_ALLOW"] = ",".join(filter(None, allowed))
            os.environ.setdefault("MUSUBI_MAIL_AUTHSERV_IDS", AUTHSERV_ID)
            self._server.start()

    def ready(self, services: Services) -> None:
        """Customers, mails, mailboxes; then tell what becomes of each mail."""
        if self._server is None:
            return
        feed = Feed()
        teller = Storyteller(lead_number=_lead_number(services), describe=_describer(services))
        listener, first = feed.subscribe(), not self._server.is_filled
        self._link = _follow(feed)
        if first:
            contacts = seeding.create_people(services)
            seeding.create_deals(services, contacts)
            seeding.create_plans(services, contacts)
        mails = all_mails()
        self._server.fill(mails)
        password = self._site.secret(PASSWORD, str)
        seeding.connect_mailboxes(services, port=self._server.port, password=password)
        eventlet.spawn(self._tell, listener, teller, len(mails) if first else 0)

    def stop(self) -> None:
        """End the mail server."""
        if self._link:
            self._link.stop()
        if self._server:
            self._server.stop()

    def _tell(self, listener: Listener, teller: Storyteller, expected: int) -> None:
        self._tell_first(listener, teller, expected)
        send = f"{self._site.command} demo send{_data_option(self._site)} --from you@your.example"
        self._print(f"New mails show here. Send one: [bold]{send}[/]")
        while True:
            for line in _heard(listener, teller):
                self._print(_shown(line))

    def _print(self, text: str) -> None:
        self._site.console.print(text, soft_wrap=True, highlight=False)

    def _tell_first(self, listener: Listener, teller: Storyteller, expected: int) -> None:
        """The first synchronization, with a progress bar."""
        counts: Counter[str] = Counter()
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        hidden = not (expected and self._site.console.is_terminal)
        with Progress(*columns, console=self._site.console, auto_refresh=False, disable=hidden) as bar:
            task = bar.add_task("first synchronization", total=expected)
            while sum(counts.values()) < expected:
                for line in _heard(listener, teller):
                    counts[line.kind] += not line.again
                    self._print(_shown(line))
                    bar.update(task, completed=sum(counts.values()), refresh=True)
        if expected:
            self._print(f"[bold]{expected} mails read:[/] {summary(counts)}.")


def _data_option(site: Site) -> str:
    return "" if site.data == Path("var").resolve() else f" --data {site.data}"


def _follow(feed: Feed) -> Link:
    """Hand every event of the road to the feed."""
    link = Link("demo")

    def consume(link: Link) -> None:
        channel = link.channel()
        queue = f"demo.{new_id()}"
        channel.queue_declare(queue, durable=False, exclusive=True, auto_delete=True)
        for service in EMITTERS:
            declare_exchange(channel, service)
            channel.queue_bind(queue, exchange_of(service), "#")
        channel.basic_consume(queue, callback=feed.receive, consumer_tag=new_id(), no_ack=True)

    link.on_connect.append(consume)
    link.start()
    link.wait_ready(10)
    return link


def _heard(listener: Listener, teller: Storyteller) -> list[Line]:
    """Take what there is, wait a moment for more; the lines that are ready to be told."""
    try:
        while True:
            teller.take(listener.get(timeout=LISTEN_SECONDS), time.monotonic())
    except Empty:
        return teller.settled(time.monotonic())


def _shown(line: Line) -> str:
    subject = escape(set_cell_size(line.subject or "(no subject)", SUBJECT_CELLS))
    sender = escape(set_cell_size(line.sender or "(unknown)", SENDER_CELLS))
    color = COLORS.get(line.kind, "cyan")
    return f"{subject}  {sender}  → [{color}]{escape(line.outcome)}[/]"


def _lead_number(services: Services) -> Any:
    return lambda lead_id: services.leads.lead(id=lead_id)["number"]


def _describer(services: Services) -> Any:
    def describe(mail_message_id: str) -> tuple[str, str]:
        mail = services.mail_ingest.message(id=mail_message_id)
        sender = (mail["sender"] or [{"name": "", "address": ""}])[0]
        return mail["subject"], sender["name"] or sender["address"]

    return describe
