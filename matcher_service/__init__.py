"""matcher: who wrote a mail (or whom our own mail went to), decided once per mail, explained, correctable, re-made.

Owns: match decisions with their reasons, remembered choices, which record went up in which and came out again, the
address changes that decisions are checked against.
Emits: sender.matched, sender.unmatched, match.corrected.
Hears: mail_message.received; address.assigned, .released (re-makes the decisions of that address' past mails);
contact.merged, .unmerged, .deleted, organization.merged, .unmerged, .deleted, lead.converted, .deleted (choices of a
record that is gone or there again).
Offers (RPC): decision, decisions, open_panel, correct, rematch.
"""
