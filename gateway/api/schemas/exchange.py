"""Imports and exports of contacts and organizations."""

from marshmallow import Schema, fields, validate

from gateway.api.schemas.common import Identifier, Sentence, YesNo, choice, moment, page, told, words
from gateway.api.schemas.lists import MAX_CHOSEN, RECORD_KINDS, Narrowed

ENCODINGS = ("utf-8", "utf-16", "cp932", "cp1252")
DELIMITERS = (",", "\t", ";", "|")
STATES = ["ready", "reading", "importing", "linking", "finished", "failed", "undoing", "undone", "uploading"]
MATCH_BY = ("number", "address", "phone", "name")
ON_MATCH = ("skip", "overwrite", "merge")
EXPORT_FORMATS = ("csv", "csv_cp932", "vcard")
MAX_COLUMNS = 200


class UploadQuery(Schema):
    """What the file in the body is a list of."""

    record_kind = choice(*RECORD_KINDS, required=True)
    file_name = words(255, load_default="", metadata={"description": "What it is called, to find it again"})


class ImportFormat(Schema):
    """How a file is read."""

    type = told(required=True, metadata={"enum": ["csv", "vcard"]})
    encoding = told(required=True)
    delimiter = told(required=True)
    header = fields.Boolean(required=True, metadata={"description": "The first row names the columns"})


class ImportFormatIn(Schema):
    """How a file is to be read, where it was not recognised rightly."""

    encoding = choice(*ENCODINGS)
    delimiter = choice(*DELIMITERS)
    header = YesNo()


class ImportRow(Schema):
    """A row of a file: what stands in it, what is made of it, and what is wrong with it."""

    line = fields.Integer(required=True)
    cells = fields.List(told(), required=True)
    values = fields.Dict(required=True)
    problems = fields.List(Sentence(), required=True)


class ImportPreview(Schema):
    """The first rows of a file, and what is wrong where it cannot be read further."""

    rows = fields.List(fields.Nested(ImportRow), required=True)
    problem = Sentence(required=True, allow_none=True)


class ImportSummary(Schema):
    """A file that is imported, and how far it is. `rows`: null until the whole file has been read."""

    id = Identifier(required=True)
    record_kind = told(required=True)
    file_name = told(required=True)
    size = fields.Integer(required=True)
    state = told(required=True, metadata={"enum": STATES})
    format = fields.Dict(required=True)
    columns = fields.List(told(), required=True)
    mapping = fields.List(told(allow_none=True), required=True)
    match_by = fields.List(told(), required=True)
    on_match = told(required=True)
    create_organizations = fields.Boolean(required=True)
    rows = fields.Integer(required=True, allow_none=True)
    done = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    organizations_created = fields.Integer(required=True)
    links = fields.Integer(
        required=True, metadata={"description": "Rows that name somebody above their record; seen to after all rows"}
    )
    links_done = fields.Integer(required=True)
    unlinked = fields.Integer(
        required=True, metadata={"description": "Of links_done, those whose record could not be put below"}
    )
    undone = fields.Integer(required=True)
    kept = fields.Integer(required=True, metadata={"description": "Not undone, since somebody changed them since"})
    problem = Sentence(required=True, allow_none=True)
    staff_user_id = told(required=True, allow_none=True)
    staff_name = told(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    started_at = moment(required=True, allow_none=True)
    finished_at = moment(required=True, allow_none=True)
    undone_at = moment(required=True, allow_none=True)


class Import(ImportSummary):
    """A file that is imported, with its first rows as long as it has not been started."""

    preview = fields.Nested(ImportPreview, required=True)


class ImportChange(Schema):
    """How a file is read and what becomes of its rows. `mapping`: for each column a field, or null."""

    format = fields.Nested(ImportFormatIn)
    saved_mapping_id = Identifier()
    mapping = fields.List(words(50, allow_none=True), validate=validate.Length(max=MAX_COLUMNS))
    match_by = fields.List(
        choice(*MATCH_BY),
        validate=validate.Length(max=len(MATCH_BY)),
        metadata={"description": "By what a row finds the record it is about; the first that finds one decides"},
    )
    on_match = choice(
        *ON_MATCH,
        metadata={
            "description": "What becomes of a record that is there: nothing; what the file says; what it lacks is added"
        },
    )
    create_organizations = YesNo(metadata={"description": "Organizations that rows name and that there are not yet"})


class ImportField(Schema):
    """What a column may be mapped to."""

    name = told(required=True)
    label = told(required=True)
    label_ja = told(required=True)


class RecordKindQuery(Schema):
    """Of which kind of record."""

    record_kind = choice(*RECORD_KINDS, required=True)


class ImportMappingIn(Schema):
    """Save what an import does with its columns; a saved mapping of this name is replaced."""

    name = words(100, least=1, required=True)
    import_id = Identifier(required=True)


class ImportMapping(Schema):
    """How files with such columns are imported. `targets`: column → field."""

    id = Identifier(required=True)
    record_kind = told(required=True)
    name = told(required=True)
    targets = fields.Dict(required=True)
    match_by = fields.List(told(), required=True)
    on_match = told(required=True)
    create_organizations = fields.Boolean(required=True)
    staff_user_id = told(required=True, allow_none=True)
    created_at = moment(required=True)


class ReportQuery(Schema):
    """In which language the report says what is wrong."""

    language = choice("en", "ja", load_default=None, metadata={"description": "Left out: what Accept-Language prefers"})


class ExportQuery(Narrowed):
    """Which records, in which order, as what."""

    query = words(200, load_default=None, metadata={"description": "Words to look for"})
    sort = words(50, load_default=None, metadata={"description": "A field; - before it for descending; -created_at"})
    format = choice(*EXPORT_FORMATS, load_default="csv", metadata={"description": "csv: UTF-8; vcard: 4.0"})
    language = choice("en", "ja", load_default="en", metadata={"description": "Of the names of the columns"})


class ExportIn(Schema):
    """Which records, one by one, in which order, as what."""

    ids = fields.List(Identifier(), required=True, validate=validate.Length(min=1, max=MAX_CHOSEN))
    sort = words(50)
    format = choice(*EXPORT_FORMATS, load_default="csv")
    language = choice("en", "ja", load_default="en")


ImportPage = page(ImportSummary)
ImportFieldPage = page(ImportField)
ImportMappingPage = page(ImportMapping)
