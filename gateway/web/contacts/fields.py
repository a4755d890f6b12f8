"""The fields of a contact as its page shows them, block by block."""

from gateway.web.language import msg
from gateway.web.tables import Column

BASIC = (
    Column("organization_id", msg("Organization"), "organization"),
    Column("department", msg("Department")),
    Column("title", msg("Title")),
    Column("reports_to_id", msg("Reports to"), "contact"),
    Column("assistant", msg("Assistant")),
    Column("lead_source", msg("Lead source")),
    Column("birthday", msg("Birthday"), "day"),
    Column("last_action_on", msg("Last action"), "day"),
    Column("reference", msg("Reference customer"), "flag"),
    Column("tags", msg("Tags"), "tags"),
)
REACHED = (
    Column("phones", msg("Phone"), "all_phones"),
    Column("addresses", msg("Mail address"), "all_addresses"),
    Column("do_not_call", msg("Do not call"), "flag"),
    Column("email_opt_out", msg("No marketing mails"), "flag"),
    Column("mailing", msg("Postal address"), "postal"),
    Column("other", msg("Other postal address"), "postal"),
)
PORTAL = (
    Column("portal", msg("Portal user"), "flag"),
    Column("support_start", msg("Support begins"), "day"),
    Column("support_end", msg("Support ends"), "day"),
)
RECORD = (
    Column("number", msg("Number")),
    Column("source", msg("Source")),
    Column("created_at", msg("Created"), "full_moment"),
    Column("updated_at", msg("Changed"), "full_moment"),
)
BLOCKS = (
    (msg("How to reach"), REACHED),
    (msg("Basic information"), BASIC),
    (msg("Description"), (Column("description", msg("Description"), "lines"),)),
    (msg("Customer portal"), PORTAL),
    (msg("Record"), RECORD),
)
REFERS = ("organization_id", "reports_to_id")
