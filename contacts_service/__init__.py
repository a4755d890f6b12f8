"""contacts: who the people and organizations are, and which mail address stands for whom.

Owns: organizations, contacts, the journal of merges, match keys of likely duplicates, saved lists, mass changes,
imports and saved mappings, settings that hold for everybody, stars, images, the address book (canonical address →
contact, lead or organization).
Emits: contact.created, .updated, .deleted, .restored, .merged, .unmerged, .opted_out, .opted_in, .portal_enabled,
.portal_disabled; organization.created, .updated, .deleted, .restored, .merged, .unmerged, .opted_out,
.opted_in; address.assigned, .released; import.started, .advanced, .finished, .stopped, .failed, .undone.
Asks: staff, who can be in charge of what an import brings.
Hears: lead.opened, .updated, .converted, .deleted (a lead's address is in the book as long as the lead is open).
Offers (RPC): resolve_addresses; contact, contacts, contacts_count, contact_fields, create_contact, update_contact,
delete_contact, restore_contact, merge_contacts, unmerge_contact, contact_merges, superiors, reports,
contact_changes; organization, organizations, organizations_count, organization_fields, create_organization,
update_organization, delete_organization, restore_organization, merge_organizations,
unmerge_organization, organization_merges, organization_changes, organization_chart, organization_hierarchy,
organization_people; lineage;
duplicates, duplicate_groups, set_apart; address_copy, shared_settings, update_shared_settings; star, is_starred,
put_image, restore_image, image; names; list_view, list_views, create_list_view, update_list_view, delete_list_view;
begin_import, take_import_piece, complete_import, import_, imports, update_import, start_import, stop_import,
undo_import, discard_import, import_report, import_fields, import_mappings, save_import_mapping, delete_import_mapping,
restore_import_mapping; export; begin_mass_change, mass_change, mass_changes, mass_change_problems, cancel_mass_change,
undo_mass_change.
"""
