"""Settings come from the environment only; cast and checked at start. Secrets hide themselves when printed."""

import os
from collections.abc import Callable, Iterator, Mapping
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


def whole(least: int, most: int) -> Callable[[Any], int]:
    """Casts to a whole number between the two."""
    return lambda value: _within(value, int, least, most, "a whole number")


def number(least: float, most: float) -> Callable[[Any], float]:
    """Casts to a number between the two."""
    return lambda value: _within(value, float, least, most, "a number")


def one_of(*words: str) -> Callable[[str], str]:
    """One of the words, in whatever case it was written."""

    def cast(value: str) -> str:
        for word in words:
            if word.casefold() == value.strip().casefold():
                return word
        raise ValueError(f"must be {', '.join(words[:-1])} or {words[-1]}, not {value!r}")

    return cast


def pauses(value: str) -> tuple[int, ...]:
    """Seconds, separated by commas: at least one, each between a second and a day."""
    try:
        return tuple(whole(1, 86_400)(part) for part in value.split(","))
    except ValueError as error:
        raise ValueError(f"must be whole seconds from 1 to 86400, by commas such as 1,10,60, not {value!r}") from error


def _within(value: Any, kind: Callable[[Any], T], least: T, most: T, what: str) -> T:
    try:
        cast: Any = kind(value)
    except ValueError:
        cast = None
    if cast is None or not least <= cast <= most:
        raise ValueError(f"must be {what} from {least} to {most}, not {value!r}")
    return kind(cast)


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
    http_port: int = environ.var(
        0, converter=whole(0, 65_535), help="Port of the same; 0: none (the gateway then takes 8000)"
    )
    log_format: str = environ.var(
        "json", converter=one_of("json", "console"), help="json: one JSON object a line; console: for people"
    )
    log_level: str = environ.var(
        "INFO", converter=one_of("DEBUG", "INFO", "WARNING", "ERROR"), help="DEBUG, INFO, WARNING or ERROR"
    )
    heartbeat: int = environ.var(
        6, converter=whole(1, 60), help="Seconds between AMQP heartbeats; a dead link is noticed after twice that"
    )
    rpc_timeout: float = environ.var(
        4.0, converter=number(0.1, 30), help="Seconds a service waits for another one's answer"
    )
    rpc_pending: int = environ.var(
        20, converter=whole(1, 10_000), help="Calls that may wait for one service at once; one more is refused with 503"
    )
    retry_pauses: tuple[int, ...] = environ.var(
        "1,10,60,600,3600",
        converter=pauses,
        help="Seconds between the tries of an event whose handler failed; then it is a dead letter",
    )
    inbox_days: int = environ.var(
        30, converter=whole(1, 3_650), help="Days for which handled events and answers are remembered"
    )


@environ.config(prefix="MUSUBI")
class FaultSettings:
    """What the tests of faults set, and nobody else."""

    crash_at: str = environ.var(
        "", help="For tests of faults alone: the point of chassis/crash.py at which the process ends, `after_commit:3`"
    )


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
        reasons = "; ".join(_refused(cls, env)) or error
        raise SettingError(f"The settings cannot be used: {reasons}. docs/configuration.md lists them.") from error


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
    """The settings whose values cannot be cast, each with the reason."""
    for field in attr.fields(cls):
        name = f"MUSUBI_{field.name.upper()}"
        try:
            if name in env and field.converter:
                field.converter(env[name])
        except ValueError as error:
            yield f"{name} {error}"
