"""Every trouble that mails really have: `tests/mails/<trouble>.eml` and what is expected of it in `<trouble>.json`.

A new trouble is a new pair of files. The JSON holds only the fields that the trouble is about; `contents` gives the
bytes of attachments in Base64 by their part, `becomes` is for tests/e2e.
"""

import base64
import json
from pathlib import Path

import orjson
import pytest

from mail_ingest_service.parsing import attachment_bytes, parse, parse_headers

MAILS = Path(__file__).parent.parent / "mails"
TROUBLES = sorted(path.stem for path in MAILS.glob("*.eml"))


def raw_mail(trouble: str) -> bytes:
    return (MAILS / f"{trouble}.eml").read_bytes()


def expectation(trouble: str) -> dict:
    return json.loads((MAILS / f"{trouble}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_mail_is_read_as_its_sender_meant_it(trouble):
    expected = expectation(trouble)
    for of_another_test in ("contents", "becomes"):
        expected.pop(of_another_test, None)
    found = orjson.loads(orjson.dumps(parse(raw_mail(trouble)).as_dict()))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("trouble", [trouble for trouble in TROUBLES if "contents" in expectation(trouble)])
def test_the_bytes_of_an_attachment_are_the_senders(trouble):
    found = {part: attachment_bytes(raw_mail(trouble), part) for part in expectation(trouble)["contents"]}
    assert found == {part: base64.b64decode(data) for part, data in expectation(trouble)["contents"].items()}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_an_attachment_is_as_large_as_is_told(trouble):
    raw = raw_mail(trouble)
    for attachment in parse(raw).attachments:
        assert len(attachment_bytes(raw, attachment["part"])) == attachment["size"]


@pytest.mark.parametrize("trouble", sorted(set(TROUBLES) - {"carriage_returns_alone"}))
def test_the_header_pass_alone_finds_the_same_sender_and_subject(trouble):
    mail, headers = parse(raw_mail(trouble)).as_dict(), parse_headers(raw_mail(trouble)).as_dict()
    assert headers | {"defects": []} == {name: mail[name] for name in headers} | {"defects": []}


def test_every_golden_mail_has_its_expectation_and_every_expectation_its_mail():
    assert sorted(path.stem for path in MAILS.glob("*.json")) == TROUBLES
    assert len(TROUBLES) > 90
