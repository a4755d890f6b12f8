"""What kind of sender wrote a mail: a person, or a machine, and which; told by headers and structure, never by the
body's words. Spam is bulk mail: what a filter on the way said of it is read here (decision 0016).

Pure. RFC 3834 (Auto-Submitted), RFC 3464 (delivery status), RFC 5965 (complaints), RFC 8098 (read receipts), RFC
2919/2369 (lists), and the headers that common systems add instead. Also reads Authentication-Results (RFC 8601); whom
to trust is decided elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from mail_ingest_service import addresses, charsets, mail_headers, mime_parts
from mail_ingest_service.mail_headers import Head
from mail_ingest_service.mime_parts import Part, Structure

Nature = Literal["personal", "auto_reply", "bounce", "complaint_report", "report", "list", "bulk"]

_MAX_FAILED: Final = 50
_STATUS_BYTES: Final = 262_144
_TELLING: Final = frozenset(
    [
        "auto-submitted",
        "x-auto-response-suppress",
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "precedence",
        "x-precedence",
        "list-id",
        "list-post",
        "list-unsubscribe",
        "mailing-list",
        "x-mailing-list",
        "x-failed-recipients",
        "return-path",
        "x-ml-name",
        "x-loop",
        "x-auto-reply-from",
        "x-mail-autoreply",
        "x-campaign",
        "x-campaignid",
        "x-spam-flag",
        "x-spam-status",
        "x-spam",
    ]
)
_SPAM: Final = frozenset(["x-spam-flag", "x-spam-status", "x-spam"])
_DAEMON: Final = re.compile(
    r"(?:mailer[-_.]?daemon|postmaster|mail[-_.]?delivery[-_.]?(?:subsystem|system))(?:$|@)", re.IGNORECASE
)
_BOUNCE_SUBJECT: Final = re.compile(
    r"undeliver(?:able|ed)|delivery (?:status notification|failure|has failed)|returned mail"
    r"|failure notice|mail delivery (?:failed|failure|system)"
    r"|returned to sender|could not be delivered|non[- ]?delivery"
    r"|配信不能|配信できません|送信できません|不達|届きませんでした|エラー通知",
    re.IGNORECASE,
)
_AWAY_SUBJECT: Final = re.compile(
    r"\s*(?:automatic reply|auto[- ]?reply|autoreply|out of (?:the )?office(?: auto[- ]?reply)?"
    r"|自動応答|自動返信|不在通知|不在応答|automatische antwort|réponse automatique)"
    r"\s*(?:[:：\]】]|$)",
    re.IGNORECASE,
)
_QMAIL_LINE: Final = re.compile(r"(?m)^<([^<>\s]{1,256}@[^<>\s]{1,256})>:")
_RESULT: Final = re.compile(r"([a-z][a-z0-9_-]*)(?:/\d+)?\s*=\s*([a-z]+)(.*)", re.IGNORECASE | re.DOTALL)
_PROPERTY: Final = re.compile(r'([a-z]+\.[a-z0-9_-]+|reason|policy)\s*=\s*("[^"]*"|[^\s;]+)', re.IGNORECASE)
_COMMENT: Final = re.compile(r"\([^()]*\)")
_YES: Final = re.compile(r"\s*(?:yes|true)\b", re.IGNORECASE)
_TRUSTED_HOPS: Final = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """The nature of a mail, the sentence why, and the addresses that a report speaks of."""

    nature: Nature = "personal"
    reason: str = "no header says that a machine sent it"
    failed_recipients: tuple[str, ...] = ()
    reported_address: str = ""


def judge(raw: bytes, head: Head, structure: Structure, *, subject: str, sender: str) -> Verdict:
    """The nature of a mail. `sender`: the From address, or the name when there is none; `subject`: decoded."""
    if verdict := _reported(raw, structure):
        return verdict
    if _TELLING.isdisjoint(head.values) and not _DAEMON.match(sender) and not _AWAY_SUBJECT.match(subject):
        return Verdict()
    if reason := _bounce_reason(head, subject, sender):
        return Verdict("bounce", reason, _failed_without_report(raw, head, structure))
    if reason := _spam_reason(head):
        return Verdict("bulk", reason)
    return _automatic(head, subject) or _distributed(head) or Verdict()


def authentication(head: Head) -> list[dict[str, Any]]:
    """Authentication-Results of the topmost hops, topmost first: `{authserv_id, hop, results: [{method, result,
    properties}]}`.
    """
    if "authentication-results" not in head.values:
        return []
    kept, hop = [], 0
    for name, value in head.fields:
        hop += name == "received"
        if hop > _TRUSTED_HOPS:
            break
        if name == "authentication-results":
            kept.append(_results(value, hop))
    return kept[:10]


def _results(value: str, hop: int) -> dict[str, Any]:
    value = value[:8_000]
    while (bare := _COMMENT.sub(" ", value)) != value and value.count("(") < 100:
        value = bare
    server, *statements = value.split(";")
    found = [_RESULT.match(statement.strip()) for statement in statements[:30]]
    return {
        "authserv_id": charsets.clean_line(server.strip().partition(" ")[0].lower(), 255),
        "hop": hop,
        "results": [
            {"method": match[1].lower(), "result": match[2].lower()[:20], "properties": _properties(match[3])}
            for match in found
            if match
        ],
    }


def _properties(text: str) -> dict[str, str]:
    return {
        name.lower()[:60]: charsets.clean_line(value.strip('"'), 320) for name, value in _PROPERTY.findall(text)[:20]
    }


def _reported(raw: bytes, structure: Structure) -> Verdict | None:
    """What a multipart/report (RFC 6522), or a status part without one, says."""
    kinds = {part.content_type: part for part in reversed(structure.leaves)}
    kind = (
        structure.top.parameters.get("report-type", "").lower()
        if structure.top.content_type == "multipart/report"
        else ""
    )
    if "message/feedback-report" in kinds:
        return _complaint(raw, kinds)
    status = kinds.get("message/delivery-status") or kinds.get("message/global-delivery-status")
    if status:
        return _delivery(mime_parts.content(raw, status, _STATUS_BYTES))
    if kind == "disposition-notification" or "message/disposition-notification" in kinds:
        return Verdict("report", "it is a read receipt (message/disposition-notification)")
    return Verdict("report", f"it is a multipart/report of type {charsets.clean_line(kind, 60)}") if kind else None


def _complaint(raw: bytes, kinds: dict[str, Part]) -> Verdict:
    fields = mail_headers.read_head(mime_parts.content(raw, kinds["message/feedback-report"], _STATUS_BYTES))
    embedded = kinds.get("message/rfc822") or kinds.get("text/rfc822-headers")
    original = mail_headers.read_head(mime_parts.content(raw, embedded, _STATUS_BYTES)) if embedded else Head()
    told = fields.first("original-rcpt-to") or fields.first("removal-recipient") or original.first("to")
    return Verdict("complaint_report", "it holds a feedback report (RFC 5965)", reported_address=_address(told))


def _delivery(status: bytes) -> Verdict:
    """RFC 3464: one block of fields for the message, then one for each recipient."""
    blocks = [
        mail_headers.read_head(block) for block in re.split(rb"\r?\n\r?\n+", status.strip())[:1_000] if block.strip()
    ]
    told = [
        (block.first("action").lower(), block)
        for block in blocks
        if block.first("final-recipient") or block.first("original-recipient")
    ]
    failed = [
        block
        for action, block in told
        if action.startswith("failed") or (not action and block.first("status").startswith("5"))
    ]
    if failed or not told:
        return Verdict(
            "bounce", "it holds a delivery status of failure (RFC 3464)", _unique(_recipient(block) for block in failed)
        )
    return Verdict(
        "report", f"it holds a delivery status of {charsets.clean_line(told[0][0], 30) or 'no failure'} (RFC 3464)"
    )


def _recipient(block: Head) -> str:
    value = block.first("original-recipient") or block.first("final-recipient")
    return _address(value.partition(";")[2] or value)


def _bounce_reason(head: Head, subject: str, sender: str) -> str:
    if "x-failed-recipients" in head.values:
        return "X-Failed-Recipients names who did not get the mail"
    is_failure = bool(_BOUNCE_SUBJECT.search(subject))
    if is_failure and _DAEMON.match(sender):
        return f"a mail system ({sender.partition('@')[0][:60]}) reports a failed delivery"
    if is_failure and head.first("return-path") == "<>":
        return "it has an empty return path and reports a failed delivery"
    return ""


def _failed_without_report(raw: bytes, head: Head, structure: Structure) -> tuple[str, ...]:
    listed = addresses.parse_addresses(head.first("x-failed-recipients"), limit=_MAX_FAILED).items
    if listed:
        return _unique(item["address"] for item in listed)
    texts = [part for part in structure.leaves if part.content_type == "text/plain"][:1]
    return _unique(_QMAIL_LINE.findall("".join(mime_parts.text_of(raw, part, 20_000) for part in texts)))


def _spam_reason(head: Head) -> str:
    """Why the mail counts as spam: the topmost word of a filter that may be our own server's; "" when there is none.

    A server writes above what it got, so a word between the Received fields of earlier hops is another's. One below
    all of them may be ours (filters that Postfix calls as milters write there) or the sender's, who hurts himself only.
    """
    if _SPAM.isdisjoint(head.values):
        return ""
    hops, hop = len(head.values.get("received", ())), 0
    for name, value in head.fields:
        hop += name == "received"
        if name in _SPAM and (hop <= _TRUSTED_HOPS or hop == hops):
            return f"a filter calls it spam ({name.title()})" if _YES.match(value) else ""
    return ""


def _automatic(head: Head, subject: str) -> Verdict | None:
    """RFC 3834 first, then what vacation programs write instead."""
    submitted = head.first("auto-submitted").partition(";")[0].strip().lower()
    if submitted.startswith("auto-replied"):
        return Verdict("auto_reply", "Auto-Submitted: auto-replied")
    if away := _AWAY_SUBJECT.match(subject):
        return Verdict(
            "auto_reply", f"the subject begins with the words of an automatic reply ({away[0].strip()[:40]})"
        )
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply"):
        if head.first(name).lower() not in {"", "no"}:
            return Verdict("auto_reply", f"it carries {name.title()}")
    return _generated(head, submitted)


def _generated(head: Head, submitted: str) -> Verdict | None:
    precedence = _precedence(head)
    if precedence in {"auto_reply", "auto-reply"}:
        return Verdict("auto_reply", f"Precedence: {precedence}")
    if submitted and submitted != "no":
        return Verdict("report", f"Auto-Submitted: {charsets.clean_line(submitted, 40)}")
    if head.first("return-path") == "<>":
        return Verdict("auto_reply", "its return path is empty, as automatic answers have it (RFC 3834)")
    suppress = {word.strip() for word in head.first("x-auto-response-suppress").lower().split(",")}
    return Verdict("report", "X-Auto-Response-Suppress: All") if "all" in suppress else None


def _distributed(head: Head) -> Verdict | None:
    for name in ("list-id", "list-post", "mailing-list", "x-mailing-list", "x-ml-name"):
        if head.first(name):
            return Verdict("list", f"it came through a mailing list ({name.title()})")
    precedence = _precedence(head)
    if precedence == "list":
        return Verdict("list", "Precedence: list")
    if precedence in {"bulk", "junk"}:
        return Verdict("bulk", f"Precedence: {precedence}")
    for name in ("list-unsubscribe", "x-campaign", "x-campaignid"):
        if head.first(name):
            return Verdict("bulk", f"it was sent to many ({name.title()})")
    return None


def _precedence(head: Head) -> str:
    return (head.first("precedence") or head.first("x-precedence")).strip().lower()


def _address(value: str) -> str:
    return next((item["address"] for item in addresses.parse_addresses(value, limit=5).items if item["address"]), "")


def _unique(found: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(charsets.clean_line(address, 320) for address in found if address))[:_MAX_FAILED]
