"""Who may do what: for each endpoint the scope that it needs. What is not listed here nobody may do.

``read`` sees, ``write`` works with records, ``admin`` manages people, mailboxes and the machinery. Which role has which
scopes is decided by the staff service, which gives each principal its scopes. Decision 0022 says why it is no finer.
"""

from collections.abc import Mapping
from typing import Any

from contracts.errors import Forbidden, NotAuthenticated
from gateway.api.schemas.matching import ACTIONS

PUBLIC = "public"
# Beyond one's own: to change or delete a saved list that somebody else shares, to delete somebody else's comment.
OTHERS_SHARED_LISTS = OTHERS_COMMENTS = "admin"
# What makes a key: only who logged in. A stolen token that made another one could not be taken back (decision 0022).
AFTER_LOG_IN = frozenset({"api_tokens.create_api_token", "calendars.renew_calendar_address"})
NEEDED: Mapping[str, str] = {
    # Pages that say nothing about anybody, and the door.
    "documentation.openapi": PUBLIC,
    "documentation.docs": PUBLIC,
    "documentation.problem_page": PUBLIC,
    "documentation.style": PUBLIC,
    "sessions.log_in": PUBLIC,
    # The address is the secret.
    "calendars.read_calendar": PUBLIC,
    # One's own.
    "sessions.get_session": "read",
    "sessions.log_out": "read",
    "sessions.list_sessions": "read",
    "sessions.end_session": "read",
    "sessions.end_other_sessions": "read",
    "sessions.change_password": "read",
    "sessions.set_preferences": "read",
    "api_tokens.list_api_tokens": "read",
    "api_tokens.create_api_token": "read",
    "api_tokens.revoke_api_token": "read",
    "notices.list_notices": "read",
    "notices.read_notices": "read",
    "notices.read_notice": "read",
    "calendars.get_calendar_address": "read",
    "calendars.renew_calendar_address": "read",
    "calendars.withdraw_calendar_address": "read",
    # People and mailboxes.
    "staff_users.list_staff_users": "admin",
    "staff_users.create_staff_user": "admin",
    "staff_users.get_staff_user": "admin",
    "staff_users.update_staff_user": "admin",
    "staff_users.list_sessions_of_staff_user": "admin",
    "staff_users.end_sessions_of_staff_user": "admin",
    "staff_groups.list_staff_groups": "read",
    "staff_groups.get_staff_group": "read",
    "staff_groups.list_owners": "read",
    "staff_groups.create_staff_group": "admin",
    "staff_groups.update_staff_group": "admin",
    "mailboxes.list_mailboxes": "read",
    "mailboxes.get_mailbox": "read",
    "mailboxes.list_folders": "read",
    "mailboxes.synchronize": "write",
    "mailboxes.add_mailbox": "admin",
    "mailboxes.check_mailbox": "admin",
    "mailboxes.update_mailbox": "admin",
    "mailboxes.remove_mailbox": "admin",
    # Records.
    "contacts.list_contacts": "read",
    "contacts.get_contact": "read",
    "contacts.create_contact": "write",
    "contacts.update_contact": "write",
    "contacts.delete_contact": "write",
    "contacts.get_contact_star": "read",
    "contacts.star_contact": "read",
    "contacts.unstar_contact": "read",
    "organizations.get_organization_star": "read",
    "organizations.star_organization": "read",
    "organizations.unstar_organization": "read",
    "contacts.list_superiors": "read",
    "contacts.list_reports": "read",
    "contacts.list_contact_changes": "read",
    "contacts.restore_contact": "write",
    "lists.count_contacts": "read",
    "lists.count_organizations": "read",
    "lists.list_contact_fields": "read",
    "lists.list_organization_fields": "read",
    "mass_changes.begin_mass_change": "write",
    "mass_changes.list_mass_changes": "read",
    "mass_changes.get_mass_change": "read",
    "mass_changes.list_mass_change_problems": "read",
    "mass_changes.cancel_mass_change": "write",
    "mass_changes.undo_mass_change": "write",
    # One's own, so whoever may read lists may save them.
    "list_views.list_list_views": "read",
    "list_views.get_list_view": "read",
    "list_views.create_list_view": "read",
    "list_views.update_list_view": "read",
    "list_views.delete_list_view": "read",
    "organizations.list_organizations": "read",
    "organizations.get_organization": "read",
    "organizations.create_organization": "write",
    "organizations.update_organization": "write",
    "organizations.delete_organization": "write",
    "organizations.list_organization_changes": "read",
    "organizations.restore_organization": "write",
    "organizations.get_address_copy": "read",
    "contacts_settings.get_contacts_settings": "read",
    "contacts_settings.update_contacts_settings": "admin",
    "merges.merge_contacts": "write",
    "merges.unmerge_contact": "write",
    "merges.list_contact_merges": "read",
    "merges.merge_organizations": "write",
    "merges.unmerge_organization": "write",
    "merges.list_organization_merges": "read",
    "merges.list_contact_duplicates": "read",
    "merges.find_contact_duplicates": "read",
    "merges.list_duplicates_of_contact": "read",
    "merges.set_contact_apart": "write",
    "merges.take_back_contact_apart": "write",
    "merges.list_organization_duplicates": "read",
    "merges.find_organization_duplicates": "read",
    "merges.list_duplicates_of_organization": "read",
    "merges.set_organization_apart": "write",
    "merges.take_back_organization_apart": "write",
    "images.get_contact_image": "read",
    "images.put_contact_image": "write",
    "images.delete_contact_image": "write",
    "images.get_organization_image": "read",
    "images.put_organization_image": "write",
    "images.delete_organization_image": "write",
    "imports.upload_import": "write",
    "imports.list_imports": "read",
    "imports.get_import": "read",
    "imports.update_import": "write",
    "imports.discard_import": "write",
    "imports.start_import": "write",
    "imports.stop_import": "write",
    "imports.undo_import": "write",
    "imports.get_import_report": "read",
    "imports.list_import_fields": "read",
    "imports.list_import_mappings": "read",
    "imports.save_import_mapping": "write",
    "imports.delete_import_mapping": "write",
    "exports.export_contacts": "read",
    "exports.export_organizations": "read",
    "exports.export_chosen_contacts": "read",
    "exports.export_chosen_organizations": "read",
    "names.list_names": "read",
    "relations.get_related_to_contact": "read",
    "relations.get_related_to_organization": "read",
    "relations.list_contact_timeline": "read",
    "relations.list_organization_timeline": "read",
    "relations.get_organization_chart": "read",
    "leads.list_leads": "read",
    "leads.get_lead": "read",
    "leads.open_lead": "write",
    "leads.update_lead": "write",
    "leads.delete_lead": "write",
    "leads.convert_lead": "write",
    "tickets.list_tickets": "read",
    "tickets.get_ticket": "read",
    "tickets.open_ticket": "write",
    "tickets.update_ticket": "write",
    "tickets.get_reply_token": "write",
    "opportunities.list_opportunities": "read",
    "opportunities.get_opportunity": "read",
    "opportunities.open_opportunity": "write",
    "opportunities.update_opportunity": "write",
    "opportunities.delete_opportunity": "write",
    "opportunities.restore_opportunity": "write",
    "quotes.list_quotes": "read",
    "quotes.get_quote": "read",
    "quotes.print_quote": "read",
    "quotes.work_out_totals": "read",
    "quotes.create_quote": "write",
    "quotes.update_quote": "write",
    "quotes.delete_quote": "write",
    "quotes.restore_quote": "write",
    "quotes.accept_quote": "write",
    "quotes.reject_quote": "write",
    "quotes.invoice_quote": "write",
    "invoices.list_invoices": "read",
    "invoices.get_invoice": "read",
    "invoices.print_invoice": "read",
    "invoices.create_invoice": "write",
    "invoices.update_invoice": "write",
    "invoices.delete_invoice": "write",
    "invoices.restore_invoice": "write",
    "issuer.get_issuer": "read",
    "issuer.update_issuer": "admin",
    "history.list_history": "read",
    "history.list_comments": "read",
    "history.add_comment": "write",
    "history.get_comment": "read",
    "history.update_comment": "write",
    "history.delete_comment": "write",
    "history.restore_comment": "write",
    "history.link_mail": "write",
    "history.unlink_mail": "write",
    "documents.list_documents": "read",
    "documents.get_document": "read",
    "documents.get_document_content": "read",
    "documents.upload_document": "write",
    "documents.delete_document": "write",
    "documents.restore_document": "write",
    "activities.list_activities": "read",
    "activities.get_activity": "read",
    "calendars.get_activity_calendar": "read",
    "activities.create_activity": "write",
    "activities.update_activity": "write",
    "activities.delete_activity": "write",
    "activities.restore_activity": "write",
    # Mails.
    "messages.list_messages": "read",
    "messages.get_message": "read",
    "messages.get_body": "read",
    "messages.get_raw": "read",
    "messages.get_attachment": "read",
    "decisions.list_decisions": "read",
    "decisions.get_decision": "read",
    "decisions.correct_decision": "write",
    "decisions.rematch": "write",
    **{f"actions.show_{action}": "read" for action in ACTIONS},
    **{f"actions.{action}": "write" for action in ACTIONS},
    "live.follow": "read",
    # The machinery.
    "quarantine.list_quarantined": "read",
    "quarantine.retry_quarantined": "write",
    "dead_letters.list_dead_letters": "admin",
    "dead_letters.get_dead_letter": "admin",
    "dead_letters.replay_dead_letter": "admin",
}


def is_public(endpoint: str | None) -> bool:
    """Whether anybody may call it; no endpoint: a path that does not exist, which says nothing."""
    return endpoint is None or NEEDED.get(endpoint) == PUBLIC


def may(principal: Mapping[str, Any], scope: str | None) -> bool:
    """Whether a principal has a scope; no scope: what nobody may do. The one place where that is decided."""
    return scope is not None and scope in principal["scopes"]


def check(endpoint: str, principal: Mapping[str, Any] | None) -> None:
    """Refuse a principal that may not call an endpoint. NotAuthenticated without one; Forbidden."""
    if principal is None:
        raise NotAuthenticated("Log in (POST /api/v1/sessions), or send a token: Authorization: Bearer …")
    needed = NEEDED.get(endpoint)
    if not may(principal, needed):
        raise Forbidden(
            f"This needs the scope {needed or 'that nobody has'}. Ask an admin for it, or use another token."
        )
    if endpoint in AFTER_LOG_IN and principal["kind"] != "session":
        raise Forbidden("An API token makes no other keys: log in (POST /api/v1/sessions) and use that session for it.")
