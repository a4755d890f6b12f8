"""The tables are those that the migrations make."""

from sqlalchemy import text

from chassis import migrations
from mail_ingest_service import models


def test_the_migrations_make_what_the_models_say(db):
    assert migrations.differences(models, db.engine.url.render_as_string(hide_password=False)) == []
    with db.session() as session:
        if session.get_bind().dialect.name == "postgresql":
            query = text(
                "SELECT attcompression FROM pg_attribute"
                " WHERE attrelid = 'raw_chunks'::regclass AND attname = 'content'"
            )
            assert session.scalar(query) == "l"
