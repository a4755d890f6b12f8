"""One running system for all tests of this folder; each adds mails, and the ledger of all of them must hold."""

import secrets
from collections.abc import Iterator

import pytest

from tests.faults.site import Site

SEED = 20261122


@pytest.fixture(scope="package")
def site(rabbitmq, postgres, dovecot) -> Iterator[Site]:
    """Every service as a process, two of matcher and tickets, three mailboxes, twenty contacts."""
    site = Site(f"f{secrets.token_hex(4)}", servers=(rabbitmq, postgres, dovecot), seed=SEED)
    try:
        yield site.start()
    finally:
        site.close()
