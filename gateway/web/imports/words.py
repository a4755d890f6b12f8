"""What the steps of an import are called."""

from gateway.web.language import msg

KINDS = {"contact": msg("Contacts"), "organization": msg("Organizations")}
STATES = {
    "uploading": msg("Comes in"),
    "ready": msg("Ready to be imported"),
    "reading": msg("The file is being read"),
    "importing": msg("Is being imported"),
    "linking": msg("Superiors and parents are being set"),
    "finished": msg("Imported"),
    "failed": msg("The file cannot be read"),
    "undoing": msg("Is being undone"),
    "undone": msg("Undone"),
}
ENCODINGS = {
    "utf-8": msg("UTF-8"),
    "cp932": msg("Shift_JIS (CP932, Japanese Windows)"),
    "utf-16": msg("UTF-16 (“Unicode text”)"),
    "cp1252": msg("Western (Windows-1252)"),
}
# By the word that the form sends; a tab would not come through.
DELIMITER_OF = {"comma": ",", "tab": "\t", "semicolon": ";", "bar": "|"}
DELIMITERS = {"comma": msg("Comma"), "tab": msg("Tab"), "semicolon": msg("Semicolon"), "bar": msg("Vertical bar")}
_ANY = {"number": msg("Number"), "address": msg("Mail address"), "phone": msg("Phone")}
MATCH_BY = {
    "contact": {**_ANY, "name": msg("Name and organization")},
    "organization": {**_ANY, "name": msg("Name")},
}
ON_MATCH = {
    "skip": msg("Leave the record as it is"),
    "merge": msg("Add what the record lacks"),
    "overwrite": msg("Replace it by what the file says"),
}
