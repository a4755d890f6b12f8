"""vCards of all versions are read within bounds, and written as every address book reads them. Pure."""

from datetime import UTC, datetime

import pytest

from contacts_service import domain, fields
from contacts_service.exchange import mapping, vcard_reading, vcard_writing
from contacts_service.kinds import KINDS
from contracts.errors import Invalid

MOMENT = datetime(2026, 11, 23, tzinfo=UTC)
VERSION_3 = """BEGIN:VCARD
VERSION:3.0
N:田中;太郎;;様;
FN:田中 太郎
X-PHONETIC-LAST-NAME:タナカ
X-PHONETIC-FIRST-NAME:タロウ
ORG:ABC\\; 商事;営業部;一課
TEL;TYPE=WORK,VOICE:03-1234-5678
TEL;TYPE=CELL:090-1111-2222
TEL;TYPE="work,fax":03-1234-5679
item1.EMAIL;TYPE=INTERNET:tanaka@abc.example
ADR;TYPE=HOME:;;3-3;横浜市;神奈川県;220-0001;日本
ADR;TYPE=WORK:私書箱1;5階;1-2-3;千代田区;東京都;100-0001;日本
BDAY:1980-01-02
NOTE:一行目\\n二
  行目
CATEGORIES:得意先,展示会\\,東京
PHOTO;ENCODING=b;TYPE=JPEG:AAAA
 BBBB
END:VCARD
"""
VERSION_2 = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=93=63=\r\n=92=86;=91=BE=98=59\r\n"
    "TEL;CELL:090-1234-5678\r\nEND:VCARD\r\n"
)


def read(text, kind="contact"):
    return list(vcard_reading.rows(kind, [text.encode()], codec="utf-8-sig"))


def values(row, kind="contact"):
    columns = list(vcard_reading.COLUMNS[kind])
    found = mapping.draft(kind, KINDS[kind].fields, columns, row.line, row.cells)
    assert found.faults == []
    return found


def test_a_card_of_version_3_is_read():
    [row] = read(VERSION_3)
    found = values(row)
    assert found.references == {"organization": "ABC; 商事", "reports_to": ""}
    assert found.values == {
        "last_name": "田中",
        "first_name": "太郎",
        "last_name_kana": "タナカ",
        "first_name_kana": "タロウ",
        "salutation": "様",
        "department": "営業部 一課",
        "addresses": ["tanaka@abc.example"],
        "phones": [
            {"number": "+81312345678", "kind": "work"},
            {"number": "+819011112222", "kind": "mobile"},
            {"number": "+81312345679", "kind": "fax"},
        ],
        "birthday": fields.CONTACT_FIELDS["birthday"]("1980-01-02"),
        "description": "一行目\n二 行目",
        "tags": ["得意先", "展示会,東京"],
        "other_street": "3-3",
        "other_city": "横浜市",
        "other_state": "神奈川県",
        "other_postal_code": "220-0001",
        "other_country": "日本",
        "mailing_po_box": "私書箱1",
        "mailing_street": "1-2-3 5階",
        "mailing_city": "千代田区",
        "mailing_state": "東京都",
        "mailing_postal_code": "100-0001",
        "mailing_country": "日本",
    }


def test_a_card_of_an_old_telephone_is_read():
    [row] = read(VERSION_2)
    assert values(row).values == {
        "last_name": "田中",
        "first_name": "太郎",
        "phones": [{"number": "+819012345678", "kind": "mobile"}],
    }


@pytest.mark.parametrize(
    ("lines", "name"),
    [("FN:Taro", "Taro"), ("N:;Taro;;;", "Taro"), ("ORG:ABC 商事", "ABC 商事"), ("FN:窓口\nORG:ABC", "窓口")],
)
def test_a_card_without_a_family_name_has_the_name_that_it_shows(lines, name):
    [row] = read(f"BEGIN:VCARD\n{lines}\nEND:VCARD\n")
    assert values(row).values["last_name"] == name


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("BEGIN:VCARD\nFN:x\n", "Line 1 begins a card that has no END:VCARD"),
        ("BEGIN:VCARD\n" * 100_000, "Line 1 begins a card that has no END:VCARD before the next card, on line 2"),
        ("FN:x\nBEGIN:VCARD\nEND:VCARD\n", "Line 1 is outside of a card"),
        ("BEGIN:VCARD\n" + "TEL:1\n" * 501 + "END:VCARD\n", "Line 1 begins a card with more than 500"),
        ("BEGIN:VCARD\nFN:x\n" + " x\n" * 60_001 + "END:VCARD\n", "Line 1 begins a card of more than"),
    ],
)
def test_a_bomb_is_refused_by_its_line(text, fault):
    with pytest.raises(Invalid, match=fault):
        read(text)


@pytest.mark.parametrize(
    "line",
    [
        "N;" * 30_000 + ":x",
        "N;" + "A=" * 30_000 + ":x",
        'N;A="' + "x" * 90_000,
        'N;A="x";' * 12_000 + ":x",
        "N:" + "\\;" * 45_000,
        "N:" + ";" * 90_000,
        "TEL;TYPE=" + "," * 90_000 + ":1",
        "N;ENCODING=QUOTED-PRINTABLE:" + "=" * 90_000,
    ],
)
def test_no_line_takes_hours(line):
    # Where reading were quadratic or worse it would take hours, and the test's time would run out.
    read(f"BEGIN:VCARD\n{line}\nFN:x\nEND:VCARD\n" * 3)


def test_a_line_that_is_folded_again_and_again_is_cut():
    [row] = read("BEGIN:VCARD\nFN:" + "\n ".join("長" * 1_000 for _ in range(2_000)) + "\nEND:VCARD\n")
    assert max(map(len, row.cells)) <= vcard_reading.MAX_VALUE


def test_what_is_written_is_read_as_the_same_person():
    typed = {
        "last_name": "𠮷田; 田",
        "first_name": "花,子",
        "last_name_kana": "ヨシダ",
        "first_name_kana": "ハナコ",
        "title": "部長\\主任",
        "department": "営業",
        "addresses": ["a@b.example", "c@d.example"],
        "tags": ["x,y", "z"],
        "phones": [{"number": "03-1234-5678", "kind": "work"}, {"number": "090-1234-5678", "kind": "mobile"}],
        "description": "長い覚え書き" * 40 + "\n二行目😀",
        "birthday": "1980-01-02",
        "mailing_po_box": "1",
        "mailing_street": "1-2-3",
        "other_city": "横浜市",
    }
    kept = fields.new_values(typed, fields.CONTACT_FIELDS)
    row = domain.new_row("01a20e37-0000-7000-8000-000000000001", number="CON1", values=kept, moment=MOMENT)
    linked = {"organization_id": "ABC; 商事", "reports_to_id": "boss@abc.example"}
    card = vcard_writing.card("contact", row, linked)
    assert max(len(line.encode()) for line in card.split("\r\n")) <= vcard_writing.LONGEST_LINE
    [found] = read(card)
    again = values(found)
    assert again.references == {"organization": "ABC; 商事", "reports_to": "boss@abc.example"}
    assert again.values == {name: kept[name] for name in typed}


@pytest.mark.parametrize(
    ("line", "above"),
    [
        ("RELATED;TYPE=x-manager:mailto:boss@abc.example", "boss@abc.example"),
        ("RELATED;VALUE=text;TYPE=Manager:社長 三郎", "社長 三郎"),
        ("RELATED;TYPE=spouse:mailto:home@abc.example", ""),
        (
            "RELATED;TYPE=x-manager:urn:uuid:01a20e37-0000-7000-8000-000000000001",
            "01a20e37-0000-7000-8000-000000000001",
        ),
        ("X-MS-MANAGER:社長\\, 三郎", "社長, 三郎"),
        ("item2.X-ABLABEL:_$!<Manager>!$_\nitem2.X-ABRELATEDNAMES;type=pref:社長 三郎", "社長 三郎"),
        ("item2.X-ABRELATEDNAMES:妻 花子\nitem2.X-ABLABEL:_$!<Spouse>!$_", ""),
    ],
)
def test_a_card_tells_the_superior_in_the_ways_of_its_writers(line, above):
    [row] = read(f"BEGIN:VCARD\nVERSION:4.0\nN:田中;;;;\n{line}\nEND:VCARD\n")
    assert values(row).references["reports_to"] == above
