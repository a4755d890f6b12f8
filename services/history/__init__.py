"""history: everything about a record in order of time: mails, comments, documents, tickets, leads, changes.

Owns: timeline entries, comments, documents, what was last said of each mail, which record went up in which and came
out again.
Emits: history_entry.added, comment.added, .updated, .deleted, .restored; document.added, .removed,
.restored.
Hears: sender.matched, sender.unmatched, match.corrected (mails); ticket.opened, ticket.reply_received, ticket.updated
(the mails on tickets too); opportunity.*, quote.*, invoice.* (but for updates of papers, and restores); activity.* (but
for reminders); lead.opened, lead.updated, lead.converted, lead.deleted; contact.merged, .unmerged, .deleted, .restored;
organization.merged, .unmerged.
Offers (RPC): entries, link_mail, unlink_mail; comment, comments, add_comment, update_comment, delete_comment,
restore_comment; document, documents, deleted_documents, document_content, begin_document, take_document_piece,
complete_document, discard_document, delete_document, restore_document.
"""
