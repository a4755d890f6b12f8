"""Imports and exports of contacts and organizations."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Response, current_app

from gateway import downloads, reports, uploads
from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import exchange as schemas
from gateway.api.schemas.common import PageQuery
from gateway.api.schemas.lists import listed
from gateway.calls import services, viewer
from gateway.language import language, said_in

MAX_FILE = 100_000_000
TOO_LARGE = f"The file is larger than {MAX_FILE:,} bytes. Split it, and import one part after the other."
TEXT = {"type": "string"}
# For the document of the API, beside CSV.
VCARD = {"responses": {200: {"content": {"text/vcard": {"schema": TEXT}}}}}
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "csv_cp932": "text/csv; charset=shift_jis", "vcard": "text/vcard"}
CODECS = {"csv": "utf-8", "csv_cp932": "cp932", "vcard": "utf-8"}
# By it spreadsheets know UTF-8.
MARK = "\ufeff"

imports = Resource("imports", description="Files of contacts and organizations: imported with a preview, and undone.")
exports = Resource("exports", description="Lists as files.")


@imports.route("/imports", methods=["POST"])
@imports.doc(**uploads.BODY)
@imports.arguments(schemas.UploadQuery, location="query")
@imports.once
@imports.versioned(201, schemas.Import)
def upload_import(query: dict[str, Any], by: Any) -> Any:
    """Upload a file to import

    CSV (UTF-8, UTF-16, CP932) or vCard (2.1, 3.0, 4.0) as the body, at most 100 MB, as `text/csv`, `text/vcard` or
    `application/octet-stream`. Nothing is imported yet: the answer tells what the file is, its first rows, and what its
    columns probably are. Change that where it is wrong (PATCH), then start it.
    """
    uploads.check_length(MAX_FILE, TOO_LARGE)
    contacts = current_app.extensions["musubi"].contacts
    return uploads.hand_on(
        contacts.begin_import(**query, **by)["id"],
        take=contacts.take_import_piece,
        discard=contacts.discard_import,
        complete=contacts.complete_import,
        most=MAX_FILE,
        too_large=TOO_LARGE,
    )


@imports.route("/imports", methods=["GET"])
@imports.arguments(PageQuery, location="query")
@imports.page_of(schemas.ImportPage)
def list_imports(query: dict[str, Any]) -> Any:
    """List imports

    Newest first.
    """
    return services().contacts.imports(**page_arguments(query))


@imports.route("/imports/<uuid:id>", methods=["GET"])
@imports.versioned(200, schemas.Import)
def get_import(id: Any) -> Any:
    """Read an import

    How far it is; the live feed tells the same by `import.` events. Before its start: the first rows.
    """
    return services().contacts.import_(id=str(id))


@imports.route("/imports/<uuid:id>", methods=["PATCH"])
@imports.arguments(schemas.ImportChange)
@imports.needs_version
@imports.once
@imports.versioned(200, schemas.Import)
def update_import(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change how a file is read and what becomes of its rows

    409 once it was started.
    """
    return services().contacts.update_import(id=str(id), data=data, version=version, **by)


@imports.route("/imports/<uuid:id>", methods=["DELETE"])
@imports.once
@imports.response(204)
def discard_import(id: Any, by: Any) -> None:
    """Forget a file that was not imported

    409 for one that was: undo it instead.
    """
    services().contacts.discard_import(id=str(id), **by)


@imports.route("/imports/<uuid:id>/start", methods=["POST"])
@imports.once
@imports.versioned(200, schemas.Import)
def start_import(id: Any, by: Any) -> Any:
    """Start an import

    The whole file is read first: one that is broken is refused before anything is written.
    """
    return services().contacts.start_import(id=str(id), **by)


@imports.route("/imports/<uuid:id>/stop", methods=["POST"])
@imports.once
@imports.versioned(200, schemas.Import)
def stop_import(id: Any, by: Any) -> Any:
    """Stop an import

    What came in stays, and can be undone.
    """
    return services().contacts.stop_import(id=str(id), **by)


@imports.route("/imports/<uuid:id>/undo", methods=["POST"])
@imports.once
@imports.versioned(200, schemas.Import)
def undo_import(id: Any, by: Any) -> Any:
    """Undo an import

    What it made goes into the recycle bin, what it changed is as it was before. What somebody changed since is left
    alone, and the report says so.
    """
    return services().contacts.undo_import(id=str(id), **by)


@imports.route("/imports/<uuid:id>/report", methods=["GET"])
@imports.arguments(schemas.ReportQuery, location="query")
@imports.response(200, TEXT, content_type="text/csv")
def get_import_report(query: dict[str, Any], id: Any) -> Any:
    """Download the rows that were not imported

    As CSV with the columns of the file, and why: correct them, and import that file.
    """
    contacts, import_id = current_app.extensions["musubi"].contacts, str(id)
    chosen = language(query["language"])

    def part(after: Any) -> Any:
        found = contacts.import_report(id=import_id, after=-1 if after is None else after)
        return (
            found if chosen == "en" else {**found, "text": reports.translated(found["text"], partial(said_in, chosen))}
        )

    return _file(part, "csv", "import-report.csv")


@imports.route("/import-fields", methods=["GET"])
@imports.arguments(schemas.RecordKindQuery, location="query")
@imports.response(200, schemas.ImportFieldPage)
def list_import_fields(query: dict[str, Any]) -> Any:
    """List what columns may be mapped to"""
    return services().contacts.import_fields(**query)


@imports.route("/import-mappings", methods=["GET"])
@imports.arguments(schemas.RecordKindQuery, location="query")
@imports.response(200, schemas.ImportMappingPage)
def list_import_mappings(query: dict[str, Any]) -> Any:
    """List saved mappings"""
    return services().contacts.import_mappings(**query)


@imports.route("/import-mappings", methods=["POST"])
@imports.arguments(schemas.ImportMappingIn)
@imports.once
@imports.response(201, schemas.ImportMapping)
def save_import_mapping(data: dict[str, Any], by: Any) -> Any:
    """Save what an import does with its columns

    A file with the same columns is mapped like this by itself.
    """
    return services().contacts.save_import_mapping(**data, **by)


@imports.route("/import-mappings/<uuid:id>", methods=["DELETE"])
@imports.once
@imports.response(204)
def delete_import_mapping(id: Any, by: Any) -> None:
    """Delete a saved mapping

    It can be restored for 90 days.
    """
    services().contacts.delete_import_mapping(id=str(id), **by)


@imports.route("/import-mappings/<uuid:id>/restore", methods=["POST"])
@imports.once
@imports.response(200, schemas.ImportMapping)
def restore_import_mapping(id: Any, by: Any) -> Any:
    """Restore a saved mapping that was deleted"""
    return services().contacts.restore_import_mapping(id=str(id), **by)


@exports.route("/contacts/export", methods=["GET"])
@exports.arguments(schemas.ExportQuery, location="query")
@exports.doc(**VCARD)
@exports.response(200, TEXT, content_type="text/csv")
def export_contacts(query: dict[str, Any]) -> Any:
    """Download contacts as a file

    Those of the list with the same parameters, in its order. An import of the file makes the same records: cells that a
    spreadsheet would calculate begin with a `'`, which an import takes off. In CP932, 〓 stands for what it lacks.
    """
    return _export("contact", query)


@exports.route("/organizations/export", methods=["GET"])
@exports.arguments(schemas.ExportQuery, location="query")
@exports.doc(**VCARD)
@exports.response(200, TEXT, content_type="text/csv")
def export_organizations(query: dict[str, Any]) -> Any:
    """Download organizations as a file

    As contacts.
    """
    return _export("organization", query)


@exports.route("/contacts/export", methods=["POST"])
@exports.arguments(schemas.ExportIn)
@exports.doc(**VCARD)
@exports.response(200, TEXT, content_type="text/csv")
def export_chosen_contacts(query: dict[str, Any]) -> Any:
    """Download some contacts as a file

    Those with the named ids, up to 1,000; else as a whole list.
    """
    return _export("contact", query)


@exports.route("/organizations/export", methods=["POST"])
@exports.arguments(schemas.ExportIn)
@exports.doc(**VCARD)
@exports.response(200, TEXT, content_type="text/csv")
def export_chosen_organizations(query: dict[str, Any]) -> Any:
    """Download some organizations as a file

    As contacts.
    """
    return _export("organization", query)


def _export(record_kind: str, query: dict[str, Any]) -> Response:
    how = {"format": query.pop("format"), "language": query.pop("language"), "record_kind": record_kind}
    contacts, asked = current_app.extensions["musubi"].contacts, listed(query, by=viewer())

    def part(cursor: Any) -> Any:
        return contacts.export(asked={**asked, "cursor": cursor}, **how)

    ending = "vcf" if how["format"] == "vcard" else "csv"
    return _file(part, how["format"], f"{record_kind}s.{ending}")


def _file(part: Callable[[Any], Any], format: str, name: str) -> Response:
    """A file of texts, each from the ``next`` of the one before; the first is there before anything is answered."""
    response = Response(_bytes(part, part(None), format), content_type=CONTENT_TYPES[format])
    response.headers["Content-Disposition"] = downloads.disposition(name)
    return response


def _bytes(part: Callable[[Any], Any], first: Any, format: str) -> Iterator[bytes]:
    yield ((MARK if format == "csv" else "") + first["text"]).encode(CODECS[format], "replace")
    following = first["next"]
    while following is not None:
        some = part(following)
        yield some["text"].encode(CODECS[format], "replace")
        following = some["next"]
