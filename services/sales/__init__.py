"""sales: what is sold to whom: opportunities, quotes (見積書) and invoices (請求書).

Owns: opportunities (OPP1…), quotes (QUO1…) and invoices (INV1…) with their lines, tax and totals; who issues them.
Emits: opportunity.opened, .updated, .won, .lost, .deleted, .restored; quote.created, .updated, .delivered, .accepted,
.rejected, .deleted, .restored; invoice.created, .updated, .issued, .paid, .cancelled, .deleted, .restored.
Hears: contact.merged, .unmerged, organization.merged, .unmerged (whose its records are).
Offers (RPC): opportunity, opportunities, open_opportunity, update_opportunity, delete_opportunity,
restore_opportunity; quote, quotes, create_quote, update_quote, delete_quote, restore_quote, invoice_quote,
print_quote; invoice, invoices, create_invoice, update_invoice, delete_invoice, restore_invoice, print_invoice; issuer,
update_issuer.
"""
