"""Logs: JSON lines on standard output with the correlation id. Ids only: never addresses, bodies or secrets."""

import logging
import sys
from typing import TextIO

import structlog


def configure(format: str = "json", level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers through the same lines, to standard output or ``stream``."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = structlog.processors.JSONRenderer() if format == "json" else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("amqp", "kombu", "alembic.runtime", "nameko.containers", "nameko.runners"):
        logging.getLogger(noisy).setLevel("WARNING")


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one module."""
    return structlog.stdlib.get_logger(name)
