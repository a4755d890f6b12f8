"""What the ``musubi`` command offers. Commands with words of the domain come from the services' own entry points."""

import os
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import orjson
import typer
from cryptography.fernet import Fernet
from rich.console import Console
from rich.progress import track
from rich.table import Table

from chassis import logs, runner
from chassis.ids import new_id
from chassis.link import Link
from chassis.live import Feed
from chassis.rpc_client import Services
from chassis.settings import settings
from chassis.topology import declare_exchange, exchange_of
from chassis.up import Site, surroundings, up
from contracts.errors import MusubiError

app = typer.Typer(
    help="Musubi: contacts and mail, tied together.", no_args_is_help=True, pretty_exceptions_enable=False
)
events = typer.Typer(help="Look at events.", no_args_is_help=True)
dead = typer.Typer(help="Events that could not be handled.", no_args_is_help=True)
app.add_typer(events, name="events")
app.add_typer(dead, name="dead")
console = Console()


@app.callback()
def main(
    data: Annotated[Path | None, typer.Option(help="Work on the data folder of a 'musubi up' that runs.")] = None,
) -> None:
    """Contacts and mail, tied together."""
    if data is not None:
        os.environ.update(surroundings(data.resolve()))


Names = Annotated[list[str] | None, typer.Argument(help="Services; all that are installed if none is named.")]


def _classes(names: list[str] | None) -> dict[str, type]:
    try:
        return runner.service_classes(names)
    except KeyError as error:
        raise typer.BadParameter(
            f"there is no service {error}; there are {', '.join(runner.service_classes())}"
        ) from error


@app.command()
def run(names: Names = None) -> None:
    """Run services in this process until SIGTERM. Migrate first."""
    logs.configure(settings().log_format, settings().log_level)
    raise typer.Exit(runner.Process(_classes(names)).run())


@app.command("up")
def up_command(
    data: Annotated[Path, typer.Option(help="Folder of all data; made if it is not there.")] = Path("var"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the API.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="With a demo mailbox that is read and told about.")] = False,
) -> None:
    """Run the whole system in this one process, on files: for trying out and for small offices. Ctrl-C stops it."""
    raise typer.Exit(up(Site(data.resolve(), port, demo, console)))


@app.command()
def migrate(names: Names = None) -> None:
    """Bring databases to their newest form and declare exchanges and queues. Can be repeated."""
    classes = _classes(names)
    for name in track(list(classes), description="databases", console=console, disable=not console.is_terminal):
        runner.migrate({name: classes[name]}, settings())
    runner.declare_topology(classes)
    console.print(f"{len(classes)} services are up to date.")


@app.command("new-key")
def new_key() -> None:
    """Print a fresh key for MUSUBI_SECRET_KEYS."""
    typer.echo(Fernet.generate_key().decode())


@app.command()
def doctor() -> None:
    """Say what of the surroundings does not work."""
    problems = 0
    link = Link("doctor")
    link.start()
    problems += _report("broker", link.wait_ready(5), "check MUSUBI_AMQP_URL and that the broker runs")
    link.stop()
    for name, cls in runner.service_classes().items():
        models = runner.migrations.models_of(cls)
        if models is None:
            continue
        try:
            different = runner.migrations.differences(models, runner.database_url_of(name, settings()))
            _report(f"{name} database", not different, "run 'musubi migrate'")
            problems += bool(different)
        except Exception as error:  # whatever it is, the doctor names it and goes on
            problems += _report(f"{name} database", False, f"{type(error).__name__}: check MUSUBI_DATABASE_URL")
    raise typer.Exit(1 if problems else 0)


def _report(part: str, well: bool, advice: str) -> int:
    console.print(f"[green]ok[/]  {part}" if well else f"[red]no[/]  {part}: {advice}")
    return 0 if well else 1


@events.command("tail")
def tail(pattern: Annotated[str, typer.Argument(help="Topic pattern, such as ticket.#")] = "#") -> None:
    """Print events as they happen, one JSON object a line, until Ctrl-C."""
    feed = Feed()
    listener = feed.subscribe()
    link = Link("events tail")

    def consume(link: Link) -> None:
        channel = link.channel()
        queue = f"tail.{new_id()}"
        channel.queue_declare(queue, durable=False, exclusive=True, auto_delete=True)
        for service in runner.service_classes():
            declare_exchange(channel, service)
            channel.queue_bind(queue, exchange_of(service), pattern)
        channel.basic_consume(queue, callback=feed.receive, consumer_tag=new_id(), no_ack=True)

    link.on_connect.append(consume)
    link.start()
    try:
        while True:
            typer.echo(orjson.dumps(listener.get(timeout=None).to_wire()).decode())  # type: ignore[arg-type] # None: for ever
    except KeyboardInterrupt:
        link.stop()


@dead.command("list")
def dead_list(service: str) -> None:
    """The dead letters of a service, newest first."""
    with Services() as services:
        letters = getattr(services, service).dead_letters(limit=200)["items"]
    table = Table("id", "queue", "type", "attempts", "died at", "error", "replayed")
    for letter in letters:
        keys = ("id", "queue", "event_type", "attempts", "died_at", "error", "replayed_at")
        table.add_row(*[str(letter[key] or "") for key in keys])
    console.print(table)


@dead.command("replay")
def dead_replay(service: str, ids: Annotated[list[str], typer.Argument(help="Ids from 'musubi dead list'.")]) -> None:
    """Send dead letters to their queues once more."""
    with Services() as services:
        for letter_id in track(ids, description="replaying", console=console, disable=not console.is_terminal):
            try:
                getattr(services, service).replay_dead_letter(id=letter_id)
            except MusubiError as error:
                console.print(f"{letter_id}: {error.message}")


for _point in entry_points(group="musubi.commands"):
    _loaded = _point.load()
    if isinstance(_loaded, typer.Typer):
        app.add_typer(_loaded, name=_point.name)
    else:
        app.command(_point.name)(_loaded)
