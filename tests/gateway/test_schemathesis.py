"""Every call of the OpenAPI document with generated input: no 5xx, no answer that the document does not name, no
refusal that whoever asks in Japanese gets in English.

The live feed is left out, for it never ends; ``test_system`` follows it.
"""

import re
from types import SimpleNamespace

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from gateway.app import create_app
from tests.gateway.post import mail
from tests.infra import eventually

EXAMPLES = 4
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Presets name servers on the internet; a test asks none of them.
PRESETS = ("gmail", "yahoo", "office365")
OUR_OWN_SERVER = {"provider": "other", "host": "127.0.0.1", "port": 9}


# Made here without a server, so that every call is a test of its own; the running system's document is the same.
DOCUMENT = create_app(SimpleNamespace()).extensions["musubi_openapi"]
schema = schemathesis.openapi.from_dict(DOCUMENT).exclude(path="/api/v1/live")
schema.config.generation.update(allow_x00=False)
# What no schema can say: that a cursor is ours, a version the present one, an address one that exists.
schema.config.checks.positive_data_acceptance.expected_statuses += ["412", "422", "428"]
# A stale version is refused before anything else of the request is looked at.
schema.config.checks.negative_data_rejection.expected_statuses += ["412"]


def test_the_running_system_offers_the_same_document(system):
    assert system.admin.get("/openapi.json").json() == DOCUMENT


@pytest.fixture(scope="session")
def known_ids(system, office):
    """An existing record behind each kind of path, so that calls get further than 404."""
    office.append(mail("生成された入力", sender="fuzz@shin-kyaku.example", text="こんにちは"))
    message = system.message("生成された入力")
    eventually(lambda: system.admin.get(f"/messages/{message['id']}/decision").status_code == 200)
    made = {
        "contacts": {"last_name": "田中"},
        "organizations": {"name": "株式会社"},
        "leads": {"last_name": "山田"},
        "tickets": {"title": "故障"},
        "opportunities": {"name": "温湿度計の入れ替え"},
        "activities": {"kind": "to_do", "subject": "電話する"},
    }
    ids = {path: system.admin.post(f"/{path}", json=body).json()["id"] for path, body in made.items()}
    return {**ids, "messages": message["id"], "mailboxes": message["mailbox_id"]}


@pytest.fixture(scope="session")
def session():
    """One connection for all calls."""
    with requests.Session() as session:
        yield session


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_every_call_answers_as_its_document_says(case, system, known_ids, session):
    aim(case, known_ids)
    headers = {"Authorization": f"Bearer {system.admin_token}", "Accept-Language": "ja"}
    answer = case.call_and_validate(base_url=system.url, headers=headers, session=session, timeout=60)
    names_a_language = "language" in (case.query or {})
    if answer.headers.get("content-type", [""])[0] == "application/problem+json" and not names_a_language:
        problem = answer.json()
        english = [text for text in sentences_in(problem) if not JAPANESE.search(text)]
        assert (answer.headers["content-language"], english) == (["ja"], []), problem


def sentences_in(problem):
    """What a problem says to people."""

    def below(node):
        inner = node.values() if isinstance(node, dict) else node
        return [node] if isinstance(node, str) else [text for each in inner for text in below(each)]

    return [problem["title"], problem["detail"], *below(problem.get("errors", {}))]


def aim(case, known_ids):
    """Put a known id into a path that changes nothing for good, and our own server into a mailbox's settings."""
    first = case.operation.path.split("/")[3]
    if first in known_ids and case.method != "DELETE" and UUID.fullmatch(str(case.path_parameters.get("id"))):
        case.path_parameters["id"] = known_ids[first]
    if first == "mailboxes" and isinstance(case.body, dict) and case.body.get("provider") in PRESETS:
        case.body.update(OUR_OWN_SERVER)
    if first == "mass-changes" and isinstance(case.body, dict) and isinstance(case.body.get("selection"), dict):
        # The records of other tests are not to be deleted.
        case.body["selection"]["query"] = "nobody is called so"
