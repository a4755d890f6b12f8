"""The `musubi` command: patches the standard library for eventlet before anything else is imported.

A module of its own, outside the chassis: importing `chassis.…` first imports the chassis, and with it nameko and kombu.
"""

import warnings

# eventlet says at import that it is deprecated; docs/decisions tells why it is here all the same and how it leaves.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402 - after the filter above

eventlet.monkey_patch()

from chassis.commands import app  # noqa: E402 - after the patch


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
