"""leads: people who wrote and whom nobody knows yet.

Owns: leads (LEA1…), the mails that belong to them, their conversion.
Emits: lead.opened, lead.mail_joined, lead.updated, lead.converted, lead.deleted.
Hears: sender.unmatched (opens a lead), sender.matched (a further mail of a lead joins it).
Offers (RPC): lead, leads, open_lead, update_lead, convert_lead, delete_lead.
"""
