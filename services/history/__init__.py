"""history: everything about a record in order of time: mails, comments, tickets, leads, changes.

Owns: timeline entries, comments, what was last said of each mail, which record went up in which and came out again.
Emits: history_entry.added, comment.added, .updated, .deleted, .restored.
Hears: sender.matched, sender.unmatched, match.corrected (mails); ticket.opened, ticket.reply_received, ticket.updated;
opportunity.*, quote.*, invoice.* (but for updates of papers, and restores); activity.* (but for reminders);
lead.opened, lead.updated, lead.converted, lead.deleted; contact.merged, .unmerged, .deleted, .restored;
organization.merged, .unmerged.
Offers (RPC): entries, link_mail, unlink_mail, add_comment, comment,
comments, update_comment, delete_comment, restore_comment.
"""
