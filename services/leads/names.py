"""Pure rules: what somebody is called and where they work, guessed from a display name and a mail address."""

import re

MAX_NAME = 255

_KANA_OR_KANJI = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_REMARK = re.compile(r"[(（\[【<＜].*?[)）\]】>＞]")
_QUOTES = " \t\u3000\"'“”‘’「」,、"
_HONORIFIC = re.compile(r"(?<=.)(?:様|さま|さん|殿|先生)$")
_CORPORATE = re.compile(
    r"株式会社|有限会社|合同会社|財団法人|社団法人|[㈱㈲]|^(?:inc|ltd|llc|k\.?k|gmbh|corp|co)\.?,?$", re.IGNORECASE
)

# Second-level labels under which registries of two-letter domains let names be registered.
_REGISTRY_LABELS = frozenset(
    {"ac", "ad", "co", "com", "ed", "edu", "go", "gob", "gov", "gr", "lg", "ne", "net", "or", "org"}
)
_PREFECTURE_NAMES = """
    aichi akita aomori chiba ehime fukui fukuoka fukushima gifu gunma hiroshima hokkaido hyogo ibaraki ishikawa
    iwate kagawa kagoshima kanagawa kochi kumamoto kyoto mie miyagi miyazaki nagano nagasaki nara niigata oita
    okayama okinawa osaka saga saitama shiga shimane shizuoka tochigi tokushima tokyo tottori toyama wakayama
    yamagata yamaguchi yamanashi
"""
# Providers whose domain says nothing of where somebody works: free mail, Japanese carriers and access providers.
_FREE_MAIL_NAMES = """
    gmail googlemail yahoo ymail outlook hotmail live msn icloud me mac aol gmx web proton protonmail mail fastmail
    qq 163 126 naver daum docomo ezweb au softbank vodafone disney willcom ymobile uqmobile rakuten excite infoseek
    goo nifty biglobe ocn so-net plala dion auone asahi-net hi-ho odn jcom zaq eonet commufa tcom bbiq
"""
_PREFECTURES = frozenset(_PREFECTURE_NAMES.split())
_FREE_MAIL = frozenset(_FREE_MAIL_NAMES.split())


def name_of(display: str, address: str) -> tuple[str, str]:
    """Last and first name. Japanese order where there are kana or kanji, else a Western guess, else the local part."""
    words = _words(display)
    if not words:
        return address.rpartition("@")[0][:MAX_NAME], ""
    if _KANA_OR_KANJI.search(" ".join(words)):
        return _bounded(words[0], words[1:])
    return _western(words, comma="," in display)


def company_of(address: str) -> str:
    """The label that a company registered: abc for mail.abc.co.jp; empty for free mail and bare hosts."""
    labels = address.rpartition("@")[2].strip(".").split(".")
    if len(labels) < 2 or labels[-1].isdigit() or labels[-1].endswith("]"):
        return ""
    own = len(labels) - 2 - _registry_depth(labels)
    label = labels[own] if own >= 0 else ""
    return "" if label in _FREE_MAIL else _readable(label)[:MAX_NAME]


def _words(display: str) -> list[str]:
    """The words of a display name that are a person's; none where it repeats a mail address."""
    if "@" in display:
        return []
    words = [word.strip(_QUOTES) for word in re.split(r"[\s,、/／|｜]+", _REMARK.sub(" ", display).strip(_QUOTES))]
    words = [_HONORIFIC.sub("", word) for word in words if word]
    return [word for word in words if not _CORPORATE.search(word) and word not in {"様", "さん", "殿"}]


def _western(words: list[str], *, comma: bool) -> tuple[str, str]:
    shouted = [word for word in words if len(word) > 1 and word.isupper()]
    if len(words) > 1 and len(shouted) == 1:
        return _bounded(shouted[0], [word for word in words if word != shouted[0]])
    if comma:
        return _bounded(words[0], words[1:])
    return _bounded(words[-1], words[:-1])


def _bounded(last: str, first: list[str]) -> tuple[str, str]:
    return last[:MAX_NAME], " ".join(first)[:MAX_NAME]


def _registry_depth(labels: list[str]) -> int:
    """How many labels before the top one belong to the registry."""
    country = len(labels[-1]) == 2 and len(labels) > 2
    second = labels[-2]
    return int(country and (second in _REGISTRY_LABELS or (labels[-1] == "jp" and second in _PREFECTURES)))


def _readable(label: str) -> str:
    """An IDN label (RFC 5891) in its own script; as it is where it cannot be decoded."""
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
