"""What screens add to the shell: the navigation, words of success, error pages."""

from dataclasses import dataclass

from gateway.web.language import msg
from gateway.web.records import belonging


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation. ``scope``: who has it. ``prefix``: the paths that belong to it."""

    label: str
    icon: str
    endpoint: str
    prefix: str
    scope: str = "read"


NAVIGATION = (
    Place(msg("Contacts"), "users", "contacts.index", "/contacts"),
    Place(msg("Organizations"), "building", "organizations.index", "/organizations"),
    Place(msg("Activities"), "calendar-event", "activities.index", "/activities"),
    Place(msg("Recycle bin"), "trash", "bin.index", "/recycle-bin"),
    Place(msg("Settings"), "settings", "settings.profile", "/settings"),
)

# By the word that `pages.go` is given: the sentence, and the endpoint of its Undo, which gets the id.
TOASTS: dict[str, tuple[str, str | None]] = {
    "logged_out": (msg("You are logged out."), None),
    "contact_created": (msg("The contact is there."), None),
    "contact_saved": (msg("Saved."), None),
    "contact_deleted": (msg("The contact is in the recycle bin."), "contacts.restore"),
    "contact_restored": (msg("The contact is back."), None),
    "activity_created": (msg("It is written down."), None),
    "activity_saved": (msg("Saved."), None),
    "activity_done": (msg("It is done."), "activities.reopen"),
    "activity_reopened": (msg("It is open again."), None),
    "activity_deleted": (msg("It is in the recycle bin."), "activities.restore"),
    "activity_restored": (msg("It is back."), None),
    **{
        f"{name}_{deed}": (sentence, undo and f"{plural}.{undo}")
        for name, plural in (("opportunity", "opportunities"), ("quote", "quotes"), ("invoice", "invoices"))
        for deed, sentence, undo in (
            ("created", msg("It is written down."), None),
            ("saved", msg("Saved."), None),
            ("deleted", msg("It is in the recycle bin."), "restore"),
            ("restored", msg("It is back."), None),
        )
    },
    "ticket_created": (msg("It is written down."), None),
    "ticket_saved": (msg("Saved."), None),
    "stage_changed": (msg("The stage is changed."), None),
    "quote_stage_changed": (msg("The stage is changed."), "quotes.stage_back"),
    "invoice_stage_changed": (msg("The stage is changed."), "invoices.stage_back"),
    "stage_back": (msg("The stage is the one before again."), None),
    "image_restored": (msg("The image is back."), None),
    "invoice_made": (msg("The invoice is there as a draft."), None),
    "invoice_there": (msg("This invoice was made of the quote before."), None),
    "calendar_withdrawn": (msg("The address has ended."), None),
    "linked": (msg("It belongs to this record again."), None),
    "linked_before": (msg("It belongs to this record already."), None),
    "put_back": (msg("Everything is as it was before."), None),
    **{
        f"{name}_{deed}_{part}": (sentence, f"{name}s.{undo}_{part}")
        for name, those in belonging.PARTS.items()
        for part in those
        for deed, sentence, undo in (
            ("unlinked", msg("It does not belong to this record any more."), "link"),
            ("chosen", msg("It belongs to this record now."), "put_back"),
        )
    },
    "merged_away": (msg("It was merged into this record."), None),
    "comment_added": (msg("The comment is there."), None),
    "comment_changed": (msg("The comment is changed."), None),
    "contact_comment_deleted": (msg("The comment is deleted."), "contacts.restore_comment"),
    "organization_comment_deleted": (msg("The comment is deleted."), "organizations.restore_comment"),
    "comment_restored": (msg("The comment is back."), None),
    "document_added": (msg("The document is there."), None),
    "contact_document_deleted": (msg("The document is in the recycle bin."), "contacts.restore_document"),
    "organization_document_deleted": (msg("The document is in the recycle bin."), "organizations.restore_document"),
    "document_restored": (msg("The document is back."), None),
    "mapping_saved": (msg("The mapping is saved. A file with the same columns is mapped like this."), None),
    "mapping_deleted": (msg("The mapping is deleted."), "imports.restore_mapping"),
    "mapping_restored": (msg("The mapping is back."), None),
    "import_discarded": (msg("The file is forgotten."), None),
    "organization_created": (msg("The organization is there."), None),
    "organization_saved": (msg("Saved."), None),
    "organization_deleted": (msg("The organization is in the recycle bin."), "organizations.restore"),
    "organization_restored": (msg("The organization is back."), None),
    "contact_merged": (msg("Both are one now."), "merging.unmerge_contact"),
    "organization_merged": (msg("Both are one now."), "merging.unmerge_organization"),
    "merged": (msg("They are one now."), None),
    "unmerged": (msg("They are two again."), None),
    "password_changed": (msg("The password is changed. You are logged out everywhere else."), None),
    "session_ended": (msg("Logged out there."), None),
    "sessions_ended": (msg("You are logged out everywhere else."), None),
    "user_logged_out": (msg("Logged out everywhere."), None),
    "token_revoked": (msg("The token is revoked."), None),
    "user_created": (msg("The staff user is there."), None),
    "group_created": (msg("The group is there."), None),
    "settings_saved": (msg("The settings are saved."), None),
    "list_saved": (msg("The list is saved."), None),
    "list_first": (msg("You begin with this list from now on."), None),
    "mass_undone": (msg("Everything is as it was before."), None),
}

# The page of each kind of record that has one.
PAGES = {
    "contact": "contacts.show_contact",
    "organization": "organizations.show_organization",
    "activity": "activities.show_activity",
    "ticket": "tickets.show",
    "opportunity": "opportunities.show",
    "quote": "quotes.show",
    "invoice": "invoices.show",
}
# What kinds of record are called, and their icons.
NOUNS = {
    "message": (msg("Mail"), "mail"),
    "comment": (msg("Comment"), "message"),
    "activity": (msg("Activity"), "calendar-event"),
    "ticket": (msg("Ticket"), "ticket"),
    "opportunity": (msg("Opportunity"), "target"),
    "quote": (msg("Quote"), "file-text"),
    "invoice": (msg("Invoice"), "file-invoice"),
    "document": (msg("Document"), "file-text"),
    "lead": (msg("Lead"), "user-plus"),
    "contact": (msg("Contact"), "user"),
    "organization": (msg("Organization"), "building"),
}
PHONE_KINDS = {
    "work": msg("Work"),
    "mobile": msg("Mobile"),
    "home": msg("Home"),
    "fax": msg("Fax"),
    "assistant": msg("Assistant"),
    "other": msg("Other"),
}
NOT_FROM_HERE = msg("The change did not come from a page of Musubi. Open the page again and repeat it there.")
ERRORS = {
    400: (msg("This cannot be done"), msg("Check what you typed, or go back and try again.")),
    403: (msg("You may not do this"), msg("Ask an administrator if you need it.")),
    404: (msg("There is nothing here"), msg("The link may be old, or the record is in the recycle bin.")),
    405: (msg("This cannot be done"), msg("Open the page again and repeat it there.")),
    410: (msg("There is nothing here"), msg("The link may be old, or the record is in the recycle bin.")),
    429: (msg("Too many requests"), msg("Wait a moment, then try again.")),
    500: (msg("Something went wrong on our side"), msg("Try again. If it stays, tell an administrator this number.")),
    503: (msg("This part does not answer at the moment"), msg("Everything else still works. Try again in a moment.")),
    504: (msg("This part does not answer at the moment"), msg("Everything else still works. Try again in a moment.")),
}
# By what way an opt-out of mailings came in.
OPT_OUTS = {
    "screen": msg("written down on a screen"),
    "api": msg("told by another system"),
    "import": msg("told by an imported file"),
    "mass_change": msg("set for many records at once"),
    "mail": msg("said by mail"),
    "portal": msg("said in the customer portal"),
}
