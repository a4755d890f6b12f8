"""Mass changes: the same done to many contacts or organizations."""

from marshmallow import Schema, fields, validate

from gateway.api.schemas.common import Identifier, Sentence, YesNo, choice, moment, page, told, words
from gateway.api.schemas.lists import FILTER_HELP, MAX_CHOSEN, RECORD_KINDS

ACTIONS = ("update", "delete", "restore")
STATES = ("changing", "finished", "stopped", "undoing", "undone")


class SelectionIn(Schema):
    """The records that a list with the same parameters holds; an empty selection: all."""

    query = words(200, metadata={"description": "Words to look for"})
    filter = fields.Dict(keys=words(20), metadata={"description": FILTER_HELP})
    time_zone = words(50, metadata={"description": "In which days begin, like Europe/London; Asia/Tokyo"})
    deleted = YesNo(metadata={"description": "Those in the recycle bin"})
    starred = YesNo(metadata={"description": "Those with a star of yours, or without"})


class MassChangeIn(Schema):
    """What is to be done to which records: either `ids` or `selection`."""

    record_kind = choice(*RECORD_KINDS, required=True)
    action = choice(*ACTIONS, required=True)
    data = fields.Dict(
        keys=words(50),
        load_default=dict,
        metadata={"description": "For `update`: as for one record, and `add_tags`, `remove_tags`"},
    )
    ids = fields.List(Identifier(), load_default=None, validate=validate.Length(min=1, max=MAX_CHOSEN))
    selection = fields.Nested(SelectionIn, load_default=None)


class MassChange(Schema):
    """The same done to many records, and how far it is. `records`: how many there are, settled at its beginning."""

    id = Identifier(required=True)
    record_kind = told(required=True)
    action = told(required=True)
    data = fields.Dict(required=True)
    state = told(required=True, metadata={"enum": list(STATES)})
    records = fields.Integer(required=True)
    done = fields.Integer(
        required=True, metadata={"description": "Those that were dealt with: the next three added up"}
    )
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True, metadata={"description": "Those that were so already"})
    refused = fields.Integer(required=True)
    undone = fields.Integer(required=True)
    kept = fields.Integer(required=True, metadata={"description": "Not undone, since somebody changed them since"})
    problem = Sentence(required=True, allow_none=True)
    staff_user_id = told(required=True, allow_none=True)
    staff_name = told(required=True, allow_none=True)
    created_at = moment(required=True)
    finished_at = moment(required=True, allow_none=True)
    undone_at = moment(required=True, allow_none=True)


class MassChangeProblem(Schema):
    """A record to which nothing was done, or that was not undone, and why."""

    kind = told(required=True)
    id = Identifier(required=True)
    number = told(required=True)
    label = told(required=True)
    problem = Sentence(required=True)


MassChangePage = page(MassChange)
MassChangeProblemPage = page(MassChangeProblem)
