"""An office of real services for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.office import Office


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of migrated databases, filled as they are wanted."""
    return tmp_path_factory.mktemp("migrated")


@pytest.fixture
def office(
    request: pytest.FixtureRequest, tmp_path: Path, templates: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """Services on empty databases; the IMAP server is started when mail_ingest is asked for."""
    monkeypatch.setenv("MUSUBI_TICKET_KEY", "a key for the tests")
    office = Office(tmp_path, templates, lambda: request.getfixturevalue("dovecot"))
    yield office
    office.close()
