from chassis import migrations
from services.history import models


def test_the_migrations_make_what_the_models_say(history):
    assert migrations.differences(models, history.db.engine.url.render_as_string(hide_password=False)) == []
