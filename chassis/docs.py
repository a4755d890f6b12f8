"""Generates what can be generated: docs/events.md, docs/configuration.md, the README's table, the table of readers.

``python -m chassis.docs``; a test fails when a file is not what this would write.
"""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attr
import orjson
import typer

from chassis.commands import app
from chassis.events import event_types
from chassis.readers import TABLE
from chassis.runner import service_classes
from contracts.base import CONTRACTS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
BEGIN, END = "<!-- events: written by `make contracts` -->\n", "<!-- /events -->"
SETTINGS_INTRO = (
    "Settings come from the environment. Each can be read from a file: `MUSUBI_SECRET_KEYS_FILE=/run/secrets/keys`.\n"
)
OPTIONS_INTRO = "Options of commands that may stand in the environment (there alone, not in a file):\n"
NOTE = "<!-- written by `make contracts`; do not edit -->\n"


def reader_table() -> dict[str, list[str]]:
    """Event type -> services that read it."""
    table: dict[str, list[str]] = defaultdict(list)
    for name, cls in service_classes().items():
        for _, event_type in event_types(cls):
            table[event_type].append(name)
    return {event_type: sorted(table[event_type]) for event_type in sorted(table)}


def event_rows() -> list[str]:
    """One line of a Markdown table per event type: type, emitter, readers, when."""
    readers = reader_table()
    lines = ["| event | emitter | readers | emitted |", "| --- | --- | --- | --- |"]
    for name, contract in sorted(CONTRACTS.items()):
        said = " ".join((contract.__doc__ or "").split()).removeprefix("Emitted ").partition(". ")[0].rstrip(".")
        link = f"[`{name}`](../contracts/published/{name}.json)"
        lines.append(f"| {link} | {contract.source} | {', '.join(readers.get(name, [])) or '–'} | {said} |")
    return lines


def events_page() -> str:
    """docs/events.md."""
    intro = (
        "Every event is a CloudEvents 1.0 envelope in structured JSON (`application/cloudevents+json`) on the topic "
        "exchange `<emitter>.events`, routing key = event. Delivery is at least once: remember the `id`s you have "
        "handled. Fields are only ever added within a version; ignore those you do not know.\n\n"
    )
    return "# Events\n\n" + NOTE + "\n" + intro + "\n".join(event_rows()) + "\n"


def readme() -> str:
    """README.md with its table of events between the two marks; the rest of it is written by hand."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = ["| event | emitter | readers |", "| --- | --- | --- |"]
    readers = reader_table()
    for _, source, name in sorted((name not in readers, contract.source, name) for name, contract in CONTRACTS.items()):
        lines.append(f"| `{name}` | {source} | {', '.join(readers.get(name, [])) or '–'} |")
    return before + BEGIN + "\n".join(lines) + "\n" + END + after


def settings_classes() -> Iterator[Any]:
    """Every settings class of the chassis and the services."""
    import chassis

    folders = [cls.__module__.rpartition(".")[0] for cls in service_classes().values()]
    packages = [chassis, *map(importlib.import_module, folders)]
    seen = set()
    for package in packages:
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if info.name.rpartition(".")[2] not in {"settings", "service"}:
                continue
            for value in vars(importlib.import_module(info.name)).values():
                own = attr.has(value) and hasattr(value, "_prefix") and value.__module__ == info.name
                if own and value not in seen:
                    seen.add(value)
                    yield value


def configuration_page() -> str:
    """docs/configuration.md."""
    lines = [
        "# Configuration\n",
        NOTE,
        SETTINGS_INTRO,
        "| variable | default | meaning | of |",
        "| --- | --- | --- | --- |",
    ]
    for cls in settings_classes():
        for field in attr.fields(cls):
            entry = field.metadata.get("environ_config")
            default = "" if field.default is attr.NOTHING or field.default == "" else f"`{_plain(field.default)}`"
            name = f"MUSUBI_{field.name.upper()}"
            said = (getattr(entry, "help", "") or "").replace("|", "\\|")
            lines.append(f"| `{name}` | {default} | {said} | {cls.__module__.partition('.')[0]} |")
    lines += ["", OPTIONS_INTRO, "| variable | meaning | of |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | {said} | `{command}` |" for name, said, command in sorted(command_variables())]
    return "\n".join(lines) + "\n"


def command_variables(command: Any = None, path: str = "musubi") -> Iterator[tuple[str, str, str]]:
    """(variable, meaning, command) of every option of a command that the environment can give."""
    command = command or typer.main.get_command(app)
    for option in command.params:
        if option.envvar:
            yield option.envvar, getattr(option, "prompt", "") or option.help, path
    for name, inner in getattr(command, "commands", {}).items():
        yield from command_variables(inner, f"{path} {name}")


def generated() -> dict[Path, str]:
    """Path -> text of every generated file."""
    table = orjson.dumps(reader_table(), option=orjson.OPT_INDENT_2).decode() + "\n"
    pages = {DOCS / "events.md": events_page(), DOCS / "configuration.md": configuration_page()}
    return {**pages, TABLE: table, README: readme()}


def main() -> None:
    """Write them."""
    for path, text in generated().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(generated())} files written")


def _plain(default: Any) -> str:
    return str(getattr(default, "default", default))


if __name__ == "__main__":
    main()
