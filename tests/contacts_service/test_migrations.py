"""The tables of contacts."""

from chassis import migrations
from contacts_service import models


def test_the_migrations_make_exactly_the_tables_of_the_models(contacts):
    assert migrations.differences(models, contacts.url) == []
