"""The columns of the contact list."""

from gateway.web.language import msg
from gateway.web.tables import Column

COLUMNS = (
    Column("last_name", msg("Name"), "person", phone=True),
    Column("organization_id", msg("Organization"), "organization", phone=True),
    Column("title", msg("Title")),
    Column("phones", msg("Phone"), "phones", phone=True),
    Column("addresses", msg("Mail address"), "addresses"),
    Column("number", msg("Number")),
    Column("updated_at", msg("Changed"), "moment"),
)
REFERS = ("organization_id",)
