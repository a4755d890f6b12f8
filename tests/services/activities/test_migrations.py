from chassis import migrations
from services.activities import models


def test_the_migrations_make_what_the_models_say(activities):
    url = activities.db.engine.url.render_as_string(hide_password=False)
    assert migrations.differences(models, url) == []
