"""The `musubi` command: patches the standard library for eventlet before anything else is imported.

A module of its own, outside the chassis: importing `chassis.…` first imports the chassis, and with it nameko and kombu.
"""

import contextlib
import gc
import sys
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def _loading() -> Iterator[None]:
    """What modules make stays: to look through it for garbage again and again takes a fifth of the start."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


# eventlet says at import that it is deprecated; docs/decisions tells why it is here all the same and how it leaves.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

with _loading():
    import eventlet

    eventlet.monkey_patch()


def main() -> None:
    """The entry point. Ctrl-C while things are still being loaded ends it without a traceback."""
    try:
        with _loading():
            from chassis.commands import app  # after the patch, and where Ctrl-C is caught

        app()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
