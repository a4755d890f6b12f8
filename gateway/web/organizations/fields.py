"""The fields of an organization, block by block, as its form and its page show them."""

from gateway.web.contacts.fields import DESCRIPTION, RECORD
from gateway.web.language import msg
from gateway.web.records.kinds import Block, Kind
from gateway.web.tables import Column

NAME = Block(msg("Organization"), (Column("name", msg("Name of the organization")),), open=True)
REACHED = Block(
    msg("How to reach"),
    (
        Column("addresses", msg("Mail address"), "all_addresses"),
        Column("phones", msg("Phone"), "all_phones"),
        Column("website", msg("Website"), "website"),
        Column("email_opt_out", msg("No marketing mails"), "flag"),
    ),
    open=True,
)
MORE = Block(
    msg("More about the organization"),
    (
        Column("owner_id", msg("In charge"), "owner"),
        Column("member_of_id", msg("Belongs to"), "organization"),
        Column("industry", msg("Industry")),
        Column("type", msg("Kind of relation"), "choice"),
        Column("rating", msg("Rating"), "choice"),
        Column("tags", msg("Tags"), "tags"),
        Column("notify_owner", msg("Notify who is in charge"), "flag"),
    ),
    open=True,
)
FIGURES = Block(
    msg("Figures"),
    (
        Column("employees", msg("Employees"), "number"),
        Column("annual_revenue", msg("Annual revenue"), "number"),
        Column("ownership", msg("Ownership")),
        Column("ticker_symbol", msg("Securities code")),
        Column("sic_code", msg("Industry code")),
    ),
)
PLACES = Block(
    msg("Postal addresses"),
    (
        Column("billing", msg("Postal address"), "postal"),
        Column("shipping", msg("Delivery address"), "postal"),
    ),
)
ORGANIZATION = Kind(
    name="organization",
    plural="organizations",
    page="organizations.show_organization",
    icon="building",
    new=msg("New organization"),
    edit=msg("Edit organization"),
    heading=NAME,
    blocks=(REACHED, MORE, PLACES, FIGURES, DESCRIPTION),
    told=RECORD,
    tabs=(
        ("organizations.show_organization", msg("Overview")),
        ("organizations.chart", msg("Chart")),
        ("organizations.hierarchy", msg("Hierarchy")),
        ("organizations.timeline", msg("Timeline")),
        ("organizations.documents", msg("Documents")),
        ("organizations.changes", msg("Changes")),
    ),
    needed=frozenset({"name"}),
    own=frozenset({"addresses"}),
    told_apart_by=("addresses", "phones", "name", "website"),
)
