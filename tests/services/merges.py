"""Merges of contacts and organizations and their ends, as contacts tells of them."""

from chassis import clock
from chassis.ids import lowest_id, new_id
from chassis.testing import make_event
from contracts import ContactMerged, ContactUnmerged, OrganizationMerged, OrganizationUnmerged

PERSON = dict.fromkeys(("last_name", "first_name", "last_name_kana", "first_name_kana", "title"), "")


def merged(old, survivor, merge_id=None):
    contract = OrganizationMerged if old["kind"] == "organization" else ContactMerged
    ids = {f"{old['kind']}_id": old["id"], "survivor_id": survivor["id"], "merge_id": merge_id or new_id()}
    return make_event(contract, **ids)


def unmerged(merge, *addresses, since):
    """The end of a merge that was made ``since`` then, with the addresses that go back."""
    told = {**merge.data, "merged_at": clock.wire(since), "addresses": list(addresses)}
    if merge.type == OrganizationMerged.type:
        facts = {"id": told["organization_id"], "number": "ACC2", "name": "㈱ABC", "addresses": list(addresses)}
        return make_event(OrganizationUnmerged, organization=facts, **told)
    facts = {"id": told["contact_id"], "number": "CON2", "organization_id": None}
    return make_event(ContactUnmerged, contact=facts, personal={**PERSON, "addresses": list(addresses)}, **told)


def a_moment_later():
    """Now, when ids that are made from here on tell another time than those before."""
    before = lowest_id(clock.now())
    while lowest_id(moment := clock.now()) == before:
        pass
    return moment
