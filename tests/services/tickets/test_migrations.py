from chassis import migrations
from services.tickets import models


def test_the_migrations_make_what_the_models_say(tickets):
    assert migrations.differences(models, tickets.db.engine.url.render_as_string(hide_password=False)) == []
