"""Settings come from the environment only; cast and checked at start. Secrets hide themselves when printed."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import attr
import environ

T = TypeVar("T")


class SettingError(SystemExit):
    """A setting is missing or makes no sense; the process does not start."""


class Secret(str):
    """A text that hides itself in ``repr``, so also in printed settings and tracebacks; ``str`` and formats give it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


@environ.config(prefix="MUSUBI")
class Settings:
    """What every service needs."""

    amqp_url: str = environ.var(
        "amqp://guest:guest@127.0.0.1:5672/",
        converter=Secret,
        help="Broker: amqp://user:password@host:port/vhost, or embedded:///path/broker.db for one process",
    )
    database_url: str = environ.var(
        "sqlite:///var/{service}.db",
        converter=Secret,
        help="Database of each service, with {service} in it: postgresql+psycopg://user:password@host/musubi_{service}",
    )
    secret_keys: str = environ.var(
        "",
        converter=Secret,
        help="Fernet keys, separated by commas; the first one encrypts, all decrypt. Make one: musubi new-key",
    )
    http_host: str = environ.var("127.0.0.1", help="Address on which health, metrics and the gateway's API answer")
    http_port: int = environ.var(0, converter=int, help="Port of the same; 0: none (the gateway then takes 8000)")
    log_format: str = environ.var("json", help="json: one JSON object a line; console: for people")
    log_level: str = environ.var("INFO", help="DEBUG, INFO, WARNING or ERROR")
    heartbeat: int = environ.var(
        6, converter=int, help="Seconds between AMQP heartbeats; a dead link is noticed after twice that"
    )
    rpc_timeout: float = environ.var(4.0, converter=float, help="Seconds a service waits for another one's answer")
    rpc_pending: int = environ.var(
        20, converter=int, help="Calls that may wait for one service at once; one more is refused with 503"
    )
    retry_pauses: str = environ.var(
        "1,10,60,600,3600", help="Seconds between the tries of an event whose handler failed; then it is a dead letter"
    )
    inbox_days: int = environ.var(30, converter=int, help="Days for which handled events and answers are remembered")


def load(cls: type[T], environment: Mapping[str, str] | None = None) -> T:
    """The settings of a class from the environment. SettingError with a sentence if one makes no sense.

    ``NAME_FILE`` beside ``NAME`` reads the value from a file, as container platforms hand out secrets.
    """
    env = dict(os.environ if environment is None else environment)
    for name in [name for name in env if name.startswith("MUSUBI_") and name.endswith("_FILE")]:
        env.setdefault(name.removesuffix("_FILE"), _content(name, env[name]))
    try:
        return environ.to_config(cls, environ=env)
    except (environ.MissingEnvValueError, ValueError) as error:
        which = ", ".join(_refused(cls, env))
        raise SettingError(
            f"The settings cannot be used: {which} {error}. docs/configuration.md lists them."
        ) from error


def settings() -> Settings:
    """The settings that every service shares."""
    return load(Settings)


def database_url_of(service: str, settings: Any) -> str:
    """The database of one service."""
    return str(settings.database_url).replace("{service}", service)


def _content(name: str, path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"The file that {name} names cannot be read: {error}.") from error


def _refused(cls: Any, env: Mapping[str, str]) -> Iterator[str]:
    """The names of the settings whose values cannot be cast."""
    for field in attr.fields(cls):
        name = f"MUSUBI_{field.name.upper()}"
        try:
            if name in env and field.converter:
                field.converter(env[name])
        except ValueError:
            yield name
