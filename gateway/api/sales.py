"""Opportunities, quotes, invoices, and who issues them."""

from typing import Any

from gateway import downloads
from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import sales as schemas
from gateway.api.schemas.issuer import Issuer, IssuerChange
from gateway.calls import services

opportunities = Resource("opportunities", description="Sales that may come about (案件).")
quotes = Resource("quotes", description="What was offered (見積書).")
invoices = Resource("invoices", description="What is to be paid (請求書).")
PDF = {"type": "string", "format": "binary"}
PDF_HEADERS = {"ETag": {"description": "Another one for each other content.", "schema": {"type": "string"}}}
issuer = Resource("issuer", description="Who issues quotes and invoices: the company's own name and address.")


@opportunities.route("/opportunities", methods=["GET"])
@opportunities.arguments(schemas.OpportunityQuery, location="query")
@opportunities.page_of(schemas.OpportunityPage)
def list_opportunities(query: dict[str, Any]) -> Any:
    """List opportunities

    Newest first; of a contact, an organization, a stage; `query` looks into names and next steps.
    """
    return services().sales.opportunities(**page_arguments(query))


@opportunities.route("/opportunities", methods=["POST"])
@opportunities.arguments(schemas.OpportunityIn)
@opportunities.once
@opportunities.versioned(201, schemas.Opportunity)
def open_opportunity(data: dict[str, Any], by: Any) -> Any:
    """Open an opportunity"""
    return services().sales.open_opportunity(data=data, **by)


@opportunities.route("/opportunities/<uuid:id>", methods=["GET"])
@opportunities.versioned(200, schemas.Opportunity)
def get_opportunity(id: Any) -> Any:
    """Read an opportunity"""
    return services().sales.opportunity(id=str(id))


@opportunities.route("/opportunities/<uuid:id>", methods=["PATCH"])
@opportunities.arguments(schemas.OpportunityChange)
@opportunities.needs_version
@opportunities.once
@opportunities.versioned(200, schemas.Opportunity)
def update_opportunity(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change fields of an opportunity

    Another stage brings its usual probability along, unless one is named. `Closed Won` and `Closed Lost` close it.
    """
    return services().sales.update_opportunity(id=str(id), data=data, version=version, **by)


@opportunities.route("/opportunities/<uuid:id>", methods=["DELETE"])
@opportunities.once
@opportunities.response(204)
def delete_opportunity(id: Any, by: Any) -> None:
    """Put an opportunity into the recycle bin"""
    services().sales.delete_opportunity(id=str(id), **by)


@opportunities.route("/opportunities/<uuid:id>/restore", methods=["POST"])
@opportunities.once
@opportunities.versioned(200, schemas.Opportunity)
def restore_opportunity(id: Any, by: Any) -> Any:
    """Take an opportunity out of the recycle bin"""
    return services().sales.restore_opportunity(id=str(id), **by)


@quotes.route("/quotes", methods=["GET"])
@quotes.arguments(schemas.QuoteQuery, location="query")
@quotes.page_of(schemas.QuotePage)
def list_quotes(query: dict[str, Any]) -> Any:
    """List quotes, without their lines

    Newest first; of a contact, an organization, an opportunity, a stage; `query` looks into subjects and names.
    """
    return services().sales.quotes(**page_arguments(query))


@quotes.route("/quotes", methods=["POST"])
@quotes.arguments(schemas.QuoteIn)
@quotes.once
@quotes.versioned(201, schemas.Quote)
def create_quote(data: dict[str, Any], by: Any) -> Any:
    """Write a quote

    Totals and tax are worked out here: tax is rounded once for each rate, as qualified invoices (適格請求書) want it.
    With `opportunity_id`, customer, subject and currency may be left out.
    """
    return services().sales.create_quote(data=data, **by)


@quotes.route("/quotes/totals", methods=["POST"])
@quotes.arguments(schemas.TotalsIn)
@quotes.response(200, schemas.Totals)
def work_out_totals(data: dict[str, Any]) -> Any:
    """Work out what lines come to

    As a quote or an invoice with them would say it; nothing is written down.
    """
    return services().sales.totals(data=data)


@quotes.route("/quotes/<uuid:id>", methods=["GET"])
@quotes.versioned(200, schemas.Quote)
def get_quote(id: Any) -> Any:
    """Read a quote with its lines"""
    return services().sales.quote(id=str(id))


@quotes.route("/quotes/<uuid:id>.pdf", methods=["GET"])
@quotes.arguments(schemas.PrintQuery, location="query")
@quotes.response(200, PDF, content_type="application/pdf", headers=PDF_HEADERS)
def print_quote(query: dict[str, Any], id: Any) -> Any:
    """Print a quote

    A4, in Japanese or English. While it is `Created` it is marked as a draft and names the issuer of now. 422 for one
    that is too long to print.
    """
    sales = services().sales
    return downloads.printed(lambda etag: sales.print_quote(id=str(id), etag=etag, **query))


@quotes.route("/quotes/<uuid:id>", methods=["PATCH"])
@quotes.arguments(schemas.QuoteChange)
@quotes.needs_version
@quotes.once
@quotes.versioned(200, schemas.Quote)
def update_quote(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change a quote

    409 for a stage that cannot follow, and for what is written on a quote that left `Created`: take it back first.
    """
    return services().sales.update_quote(id=str(id), data=data, version=version, **by)


@quotes.route("/quotes/<uuid:id>", methods=["DELETE"])
@quotes.once
@quotes.response(204)
def delete_quote(id: Any, by: Any) -> None:
    """Put a quote into the recycle bin"""
    services().sales.delete_quote(id=str(id), **by)


@quotes.route("/quotes/<uuid:id>/restore", methods=["POST"])
@quotes.once
@quotes.versioned(200, schemas.Quote)
def restore_quote(id: Any, by: Any) -> Any:
    """Take a quote out of the recycle bin"""
    return services().sales.restore_quote(id=str(id), **by)


@quotes.route("/quotes/<uuid:id>/accept", methods=["POST"])
@quotes.needs_version
@quotes.once
@quotes.versioned(200, schemas.Quote)
def accept_quote(id: Any, version: int, by: Any) -> Any:
    """Say that the customer accepted a quote, as it was read"""
    return services().sales.update_quote(id=str(id), data={"stage": "Accepted"}, version=version, **by)


@quotes.route("/quotes/<uuid:id>/reject", methods=["POST"])
@quotes.needs_version
@quotes.once
@quotes.versioned(200, schemas.Quote)
def reject_quote(id: Any, version: int, by: Any) -> Any:
    """Say that the customer rejected a quote"""
    return services().sales.update_quote(id=str(id), data={"stage": "Rejected"}, version=version, **by)


@quotes.route("/quotes/<uuid:id>/invoice", methods=["POST"])
@quotes.arguments(schemas.InvoiceDates)
@quotes.once
@quotes.versioned(201, schemas.Invoice)
def invoice_quote(data: dict[str, Any], id: Any, by: Any) -> Any:
    """Make an invoice of a quote

    With its lines as they are, once: 409 where there is one that was not cancelled.
    """
    return services().sales.invoice_quote(id=str(id), data=data, **by)


@invoices.route("/invoices", methods=["GET"])
@invoices.arguments(schemas.InvoiceQuery, location="query")
@invoices.page_of(schemas.InvoicePage)
def list_invoices(query: dict[str, Any]) -> Any:
    """List invoices, without their lines

    Newest first; of a contact, an organization, an opportunity, a stage; `query` looks into subjects and names.
    """
    return services().sales.invoices(**page_arguments(query))


@invoices.route("/invoices", methods=["POST"])
@invoices.arguments(schemas.InvoiceIn)
@invoices.once
@invoices.versioned(201, schemas.Invoice)
def create_invoice(data: dict[str, Any], by: Any) -> Any:
    """Write an invoice

    Worked out as a quote is.
    """
    return services().sales.create_invoice(data=data, **by)


@invoices.route("/invoices/<uuid:id>", methods=["GET"])
@invoices.versioned(200, schemas.Invoice)
def get_invoice(id: Any) -> Any:
    """Read an invoice with its lines"""
    return services().sales.invoice(id=str(id))


@invoices.route("/invoices/<uuid:id>.pdf", methods=["GET"])
@invoices.arguments(schemas.PrintQuery, location="query")
@invoices.response(200, PDF, content_type="application/pdf", headers=PDF_HEADERS)
def print_invoice(query: dict[str, Any], id: Any) -> Any:
    """Print an invoice

    As a qualified invoice (適格請求書) where the issuer has a registration number. Otherwise as a quote.
    """
    sales = services().sales
    return downloads.printed(lambda etag: sales.print_invoice(id=str(id), etag=etag, **query))


@invoices.route("/invoices/<uuid:id>", methods=["PATCH"])
@invoices.arguments(schemas.InvoiceChange)
@invoices.needs_version
@invoices.once
@invoices.versioned(200, schemas.Invoice)
def update_invoice(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change an invoice

    Its stage says how far it is: `Approved`, `Sent`, `Paid`, `Cancelled`. 409 for a stage that cannot follow, and for
    what is written on an invoice that left `Created`.
    """
    return services().sales.update_invoice(id=str(id), data=data, version=version, **by)


@invoices.route("/invoices/<uuid:id>", methods=["DELETE"])
@invoices.once
@invoices.response(204)
def delete_invoice(id: Any, by: Any) -> None:
    """Put a draft of an invoice into the recycle bin

    409 once it was issued: cancel it instead.
    """
    services().sales.delete_invoice(id=str(id), **by)


@invoices.route("/invoices/<uuid:id>/restore", methods=["POST"])
@invoices.once
@invoices.versioned(200, schemas.Invoice)
def restore_invoice(id: Any, by: Any) -> Any:
    """Take an invoice out of the recycle bin"""
    return services().sales.restore_invoice(id=str(id), **by)


@issuer.route("/issuer", methods=["GET"])
@issuer.versioned(200, Issuer)
def get_issuer() -> Any:
    """Read who issues quotes and invoices"""
    return services().sales.issuer()


@issuer.route("/issuer", methods=["PATCH"])
@issuer.arguments(IssuerChange)
@issuer.needs_version
@issuer.once
@issuer.versioned(200, Issuer)
def update_issuer(data: dict[str, Any], version: int, by: Any) -> Any:
    """Change who issues quotes and invoices

    Needed before the first document is issued. A registration number (登録番号) whose check digit is not that of a
    corporation is taken, for sole proprietors have others, and named in `hints`.
    """
    return services().sales.update_issuer(data=data, version=version, **by)
