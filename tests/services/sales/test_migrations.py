from chassis import migrations
from services.sales import models


def test_the_migrations_make_what_the_models_say(sales):
    assert migrations.differences(models, sales.db.engine.url.render_as_string(hide_password=False)) == []
