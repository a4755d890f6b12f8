"""Comments: who wrote one changes it, deletes it and takes that back; its record's timeline follows."""

import pytest

from chassis.ids import new_id
from chassis.testing import published
from contracts.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from tests.services.decisions import contact
from tests.services.history.timelines import MARUYAMA, timeline
from tests.services.merges import merged

OTHER = {"staff_user_id": "s2", "name": "大谷"}


@pytest.fixture
def known():
    return contact()


@pytest.fixture
def comment(history, known):
    return history.add_comment(record=known, text="折り返し電話", actor=MARUYAMA)


def told(history):
    return [event.type for event in published(history.db)][2:]


def test_another_text_stands_on_the_timeline_in_the_place_of_the_first(history, known, comment):
    asked = {"id": comment["id"], "text": " 電話した ", "version": 1, "actor": MARUYAMA, "idempotency_key": "k"}
    changed = history.update_comment(**asked)
    assert history.update_comment(**asked) == changed
    assert (changed["text"], changed["version"], bool(changed["edited_at"])) == ("電話した", 2, True)
    assert history.comment(id=comment["id"]) == changed
    assert history.comments(**known)["items"] == [changed]
    [entry] = timeline(history, known)
    assert (entry["summary"]["text"], entry["summary"]["edited_at"]) == ("電話した", changed["edited_at"])
    assert (entry["staff_user_id"], entry["about"]["version"]) == (MARUYAMA["staff_user_id"], 2)
    assert entry["happened_at"] == comment["created_at"]
    assert told(history) == ["comment.updated.v1"]


def test_the_same_text_again_is_no_change(history, comment):
    same = history.update_comment(id=comment["id"], text=comment["text"], version=1, actor=MARUYAMA)
    assert (same, told(history)) == (comment, [])


def test_what_is_deleted_is_seen_nowhere_until_it_is_restored(history, known, comment):
    history.delete_comment(id=comment["id"], version=1, actor=MARUYAMA)
    assert (history.comments(**known)["items"], timeline(history, known)) == ([], [])
    with pytest.raises(NotFound):
        history.comment(id=comment["id"])
    with pytest.raises(NotFound):
        history.update_comment(id=comment["id"], text="…", version=2, actor=MARUYAMA)
    restored = history.restore_comment(id=comment["id"], actor=MARUYAMA)
    assert history.comments(**known)["items"] == [restored]
    assert [entry["summary"]["text"] for entry in timeline(history, known)] == ["折り返し電話"]
    with pytest.raises(Conflict):
        history.restore_comment(id=comment["id"], actor=MARUYAMA)
    assert told(history) == ["comment.deleted.v1", "comment.restored.v1"]


@pytest.mark.parametrize("actor", [OTHER, {}, None])
def test_nobody_touches_the_comment_of_another(history, known, comment, actor):
    with pytest.raises(Forbidden):
        history.update_comment(id=comment["id"], text="…", version=1, actor=actor)
    with pytest.raises(Forbidden):
        history.delete_comment(id=comment["id"], version=1, actor=actor)
    history.delete_comment(id=comment["id"], version=1, actor=MARUYAMA)
    with pytest.raises(Forbidden):
        history.restore_comment(id=comment["id"], actor=actor)


def test_who_manages_deletes_the_comment_of_another_and_brings_it_back_but_never_changes_it(history, known, comment):
    history.delete_comment(id=comment["id"], version=1, actor=OTHER, may_manage=True)
    assert timeline(history, known) == []
    restored = history.restore_comment(id=comment["id"], actor=OTHER, may_manage=True)
    assert (restored["text"], restored["author_name"]) == ("折り返し電話", "丸山")
    with pytest.raises(Forbidden):
        history.update_comment(id=comment["id"], text="…", version=3, actor=OTHER)


def test_a_stale_version_and_a_text_that_is_none_change_nothing(history, comment):
    with pytest.raises(PreconditionFailed):
        history.update_comment(id=comment["id"], text="…", version=2, actor=MARUYAMA)
    with pytest.raises(PreconditionFailed):
        history.delete_comment(id=comment["id"], version=2, actor=MARUYAMA)
    with pytest.raises(Invalid):
        history.update_comment(id=comment["id"], text=" ", version=1, actor=MARUYAMA)
    assert history.comment(id=comment["id"]) == comment


@pytest.mark.parametrize("id", [new_id(), "7", None])
def test_a_comment_that_never_was_is_not_found(history, id):
    with pytest.raises(NotFound):
        history.comment(id=id)
    with pytest.raises(NotFound):
        history.delete_comment(id=id, version=1, actor=MARUYAMA)


def test_a_comment_is_told_with_the_record_where_it_is_read(history, known, comment):
    survivor = contact()
    history.on_record_event(merged(known, survivor))
    assert history.comment(id=comment["id"])["record"] == survivor
    changed = history.update_comment(id=comment["id"], text="電話した", version=1, actor=MARUYAMA)
    assert changed["record"] == survivor
    assert published(history.db)[-1].data["record"] == survivor
