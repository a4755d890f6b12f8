"""Imports into a contacts service on each kind of database."""

import pytest

from tests.contacts_service.exchange.uploading import Exchange


@pytest.fixture
def exchange(contacts):
    return Exchange(contacts)
