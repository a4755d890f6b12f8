from chassis import migrations
from services.leads import models


def test_the_migrations_make_what_the_models_say(leads):
    assert migrations.differences(models, leads.db.engine.url.render_as_string(hide_password=False)) == []
