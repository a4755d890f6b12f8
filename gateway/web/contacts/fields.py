"""The fields of a contact, block by block, as its form and its page show them."""

from gateway.web.language import msg
from gateway.web.records.kinds import Block, Kind
from gateway.web.tables import Column

NAME = Block(
    msg("Name"),
    (
        Column("last_name", msg("Last name")),
        Column("first_name", msg("First name")),
        Column("last_name_kana", msg("Furigana of the last name")),
        Column("first_name_kana", msg("Furigana of the first name")),
        Column("salutation", msg("Salutation"), "choice"),
    ),
    open=True,
)
REACHED = Block(
    msg("How to reach"),
    (
        Column("addresses", msg("Mail address"), "all_addresses"),
        Column("phones", msg("Phone"), "all_phones"),
        Column("email_opt_out", msg("No marketing mails"), "flag"),
        Column("do_not_call", msg("Do not call"), "flag"),
    ),
    open=True,
)
WORK = Block(
    msg("Work and position"),
    (
        Column("organization_id", msg("Organization"), "organization"),
        Column("department", msg("Department")),
        Column("title", msg("Title")),
        Column("decision_maker", msg("Decision maker"), "flag"),
        Column("reports_to_id", msg("Reports to"), "contact"),
        Column("assistant", msg("Assistant")),
    ),
    open=True,
)
PLACES = Block(
    msg("Postal addresses"),
    (
        Column("mailing", msg("Postal address"), "postal"),
        Column("other", msg("Other postal address"), "postal"),
    ),
)
MORE = Block(
    msg("More about the contact"),
    (
        Column("owner_id", msg("In charge"), "owner"),
        Column("tags", msg("Tags"), "tags"),
        Column("lead_source", msg("Lead source"), "choice"),
        Column("birthday", msg("Birthday"), "day"),
        Column("last_action_on", msg("Last action"), "day"),
        Column("reference", msg("Reference customer"), "flag"),
        Column("notify_owner", msg("Notify who is in charge"), "flag"),
    ),
    open=True,
)
PORTAL = Block(
    msg("Customer portal"),
    (
        Column("portal", msg("Portal user"), "flag"),
        Column("support_start", msg("Support begins"), "day"),
        Column("support_end", msg("Support ends"), "day"),
    ),
)
DESCRIPTION = Block(msg("Description"), (Column("description", msg("Description"), "lines"),))
RECORD = Block(
    msg("Record"),
    (
        Column("number", msg("Number")),
        Column("source", msg("Source"), "choice"),
        Column("created_at", msg("Created"), "full_moment"),
        Column("updated_at", msg("Changed"), "full_moment"),
        Column("modified_by", msg("Changed by"), "owner"),
    ),
)
CONTACT = Kind(
    name="contact",
    plural="contacts",
    page="contacts.show_contact",
    icon="user",
    new=msg("New contact"),
    edit=msg("Edit contact"),
    heading=NAME,
    blocks=(REACHED, WORK, MORE, PLACES, PORTAL, DESCRIPTION),
    told=RECORD,
    tabs=(
        ("contacts.show_contact", msg("Overview")),
        ("contacts.timeline", msg("Timeline")),
        ("contacts.documents", msg("Documents")),
        ("contacts.people", msg("People above and below")),
        ("contacts.changes", msg("Changes")),
    ),
    needed=frozenset({"last_name"}),
    # Of whom a mail is would be in doubt if two contacts had its address.
    own=frozenset({"addresses", "portal", "support_start", "support_end", "last_action_on"}),
    told_apart_by=(
        *("addresses", "phones", "organization_id"),
        *("last_name", "first_name", "last_name_kana", "first_name_kana"),
    ),
)
