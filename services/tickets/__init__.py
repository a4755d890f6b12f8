"""tickets: what customers ask for, and every mail about it.

Owns: tickets (TT1…), the mails on them, who takes part in them.
Emits: ticket.opened, ticket.reply_received, ticket.updated.
Hears: sender.matched, sender.unmatched (open a ticket, put a reply on one, name its customer), match.corrected,
contact.merged, .unmerged, .deleted, .restored, organization.merged, .unmerged (customer).
Offers (RPC): ticket, tickets, open_ticket, update_ticket, reply_token.
"""
