"""Files are recognised and read strictly, in bounded memory; what is none is refused with what to do. Pure."""

import random

import pytest

from contacts_service.exchange import cells, csv_reading, detection, files, targets
from contracts.errors import Invalid

PEOPLE = '姓,名,メール,住所\r\n田中,太郎,tanaka@abc.example,"東京都\r\n千代田区"\r\n𠮷田,花子,,"""本店"", 1階"\r\n'
WANTED = [
    (1, ["姓", "名", "メール", "住所"]),
    (2, ["田中", "太郎", "tanaka@abc.example", "東京都\r\n千代田区"]),
    (4, ["𠮷田", "花子", "", '"本店", 1階']),
]


def in_pieces(content, size):
    return [content[start : start + size] for start in range(0, len(content), size)]


def found(content):
    foreign = next((place for place, byte in enumerate(content) if byte > 127), len(content))
    return detection.detected("contact", content, content[foreign:])


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("cp932", "cp932"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_every_encoding_is_recognised_and_read_in_pieces_of_any_size(codec, encoding, size):
    text = PEOPLE.replace("𠮷", "吉") if codec == "cp932" else PEOPLE
    content = text.encode(codec)
    how = found(content)
    assert how == {"type": "csv", "encoding": encoding, "delimiter": ",", "header": True}
    read = csv_reading.rows(in_pieces(content, size), codec=detection.codec_of(encoding, content), delimiter=",")
    wanted = [(line, [cell.replace("𠮷", "吉") if codec == "cp932" else cell for cell in row]) for line, row in WANTED]
    assert [(row.line, row.cells) for row in read] == wanted


def test_western_letters_are_recognised_far_behind_the_beginning():
    begin = b"Last name;First name\r\n" + b"Smith;John\r\n" * 20_000
    how = detection.detected("contact", begin, "ü;José\r\n".encode("cp1252"))
    assert (how["encoding"], how["delimiter"], how["header"]) == ("cp1252", ";", True)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_recognised(delimiter):
    text = "\n".join(delimiter.join(row) for row in [["姓", "会社名"], ["田中", "A, B; C"], ["鈴木", "D"]])
    quoted = text.replace("A, B; C", '"A, B; C"')
    assert found(quoted.encode())["delimiter"] == delimiter


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("姓,名\n田中,太郎", True),
        ("田中,tanaka@abc.example\n鈴木,suzuki@abc.example", False),
        ("Who,Where from\nTanaka,tanaka@abc.example", True),
        ("田中,太郎\n鈴木,花子", False),
    ],
)
def test_a_header_is_recognised(text, header):
    assert found(text.encode())["header"] is header


@pytest.mark.parametrize(
    ("content", "what_to_do"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "is empty"),
        (b"PK\x03\x04\x14\x00\x06\x00", "Excel workbook.*Save As"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook.*Save As"),
        (b"%PDF-1.7\n", "PDF document"),
        (random.Random(1).randbytes(5_000), "neither a CSV nor a vCard"),
        (b"\r\n <HTML><body><table><tr><td>Tanaka</td></tr></table>", "web page, not a list.*save it as CSV"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(content, what_to_do):
    with pytest.raises(Invalid, match=what_to_do):
        found(content)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('姓,名\n"田中,太郎\n鈴木,花子\n', "Line 2 has a quote .* never closed"),
        ('姓\n"' + "x\n" * 600_000, "Line 2 has a quote .* never closed"),
        ('姓,名\n田中,太郎\n"鈴木"x,花子\n', "Line 3 has a quote .* wrong place"),
        ("姓,名\n" + "a," * 300 + "\n", "Line 2 has 301 cells"),
        ("x" * 1_100_000, "Line 1 is longer"),
    ],
)
def test_what_is_broken_is_refused_by_its_line(text, fault):
    with pytest.raises(Invalid, match=fault):
        list(csv_reading.rows(in_pieces(text.encode(), 60_000), codec="utf-8-sig", delimiter=","))


def test_bytes_of_another_encoding_are_refused_by_their_line():
    content = "姓\n田中\n".encode() * 3 + "髙橋\n".encode("cp932")
    with pytest.raises(Invalid, match="Line 7 cannot be read as UTF-8"):
        list(csv_reading.rows(in_pieces(content, 10), codec="utf-8-sig", delimiter=","))


def test_old_line_ends_and_empty_lines_are_read():
    read = csv_reading.rows(in_pieces(b"a,b\r\r1,2\r\n\r\n3,4", 1), codec="utf-8-sig", delimiter=",")
    assert [(row.line, row.cells) for row in read] == [(1, ["a", "b"]), (3, ["1", "2"]), (5, ["3", "4"])]


HOW = {"type": "csv", "encoding": "utf-8", "delimiter": ",", "header": True}


def proposed(text, **how):
    format, first = HOW | how, text.encode()
    return files.proposed_mapping("contact", format, files.columns("contact", format, first), first, whole=True)


def test_columns_of_the_same_name_lead_to_the_same_field_where_it_holds_several():
    text = "氏名,メール,メール,備考,備考,氏名\n田中,a@abc.example,b@abc.example,x,y,z\n"
    assert proposed(text) == ["name", "addresses", "addresses", "description", "description", None]


def test_columns_without_a_name_are_known_by_what_plainly_stands_in_them():
    text = "田中,tanaka@abc.example,03-1234-5678,1234\n鈴木,,+81 90 1234 5678,5678\n"
    assert proposed(text, header=False) == [None, "addresses", "phones", None]
    assert proposed("姓,靴,\n田中,a@abc.example,a@abc.example\n") == ["last_name", None, "addresses"]


def test_a_file_of_nothing_but_names_of_columns_is_told():
    assert files.preview("contact", HOW, "姓,名\r\n".encode(), whole=True) == ([], files.NO_ROWS)


def test_what_the_first_piece_of_a_file_cuts_off_is_no_fault_of_it():
    card = ("BEGIN:VCARD\nN:田中;;;;\nPHOTO:" + "A" * 50_000 + "\nEND:VCARD\n").encode()
    how = {"type": "vcard", "encoding": "utf-8", "delimiter": ",", "header": False}
    assert files.preview("contact", how, card[:40_000], whole=False) == ([], None)
    rows, problem = files.preview("contact", how, card[:40_000], whole=True)
    assert (rows, problem) == ([], "Line 1 begins a card that has no END:VCARD. Is the file complete?")


def test_a_cell_in_which_a_spreadsheet_broke_a_line_is_one_line_however_many_spaces_are_in_it():
    known = {"last_name": None}
    assert cells.value_of("last_name", "丸の内 \r\n\t 1-1  2", known) == ("last_name", "丸の内 1-1  2")
    # As long as a cell may be; read again from each space on, it would take hours.
    spaces = " " * csv_reading.MAX_RECORD
    assert cells.value_of("last_name", spaces + "x", known) == ("last_name", spaces + "x")


def test_a_header_of_thousands_of_equal_names_costs_no_more_than_the_columns_that_are_read():
    content = b"last_name" + b",a" * 100_000 + b"\n"
    how = found(content)
    assert how["header"]
    assert len(files.columns("contact", how, content)) == csv_reading.MAX_CELLS
    assert "100,001 cells; at most 200" in str(files.preview("contact", how, content, whole=True)[1])


def test_columns_of_the_same_name_are_told_apart_and_those_without_one_counted():
    how = {"type": "csv", "encoding": "utf-8", "delimiter": ",", "header": True}
    assert files.columns("contact", how, "メール,,メール,姓,姓\n".encode()) == [
        *("メール", "Column 2", "メール (2)", "姓", "姓 (2)")
    ]


@pytest.mark.parametrize(
    ("kind", "headers", "wanted"),
    [
        ("contact", ["姓", "ｾｲ", "ﾒｲ", "E-Mail"], ["last_name", "last_name_kana", "first_name_kana", "addresses"]),
        ("contact", ["氏名", "フリガナ", "会社", "役職"], ["name", "name_kana", "organization", "title"]),
        (
            "contact",
            ["Phone", "Mobile", "FAX", "Zip"],
            ["phones", "phones.mobile", "phones.fax", "mailing_postal_code"],
        ),
        ("contact", ["Shoe size", "Name", "Name"], [None, "name", None]),
        (
            "organization",
            ["会社名", "郵便番号", "従業員数", "URL"],
            ["name", "billing_postal_code", "employees", "website"],
        ),
    ],
)
def test_headers_in_both_languages_are_known(kind, headers, wanted):
    assert targets.proposed(kind, headers) == wanted


@pytest.mark.parametrize("text", ["=1+1", "+81 3", "-x", "@x", "\tx", "＝1", "'=1", "''=1", "plain", "'quoted'", ""])
def test_no_cell_begins_like_a_formula_and_every_one_comes_back(text):
    written = cells.defused(text)
    assert written[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert cells.restored(written) == text


@pytest.mark.parametrize("items", [["a"], ["a", "b"], ["a, b"], ["a;b", "c"], ["、"], []])
def test_lists_come_back_from_one_cell(items):
    assert cells.separated(cells.joined(items)) == items


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1980-01-02", "1980-01-02"),
        ("1980/1/2", "1980-01-02"),
        ("１９８０年１月２日", "1980-01-02"),
        ("19800102", "1980-01-02"),
        ("昭和55年1月2日", "1980-01-02"),
        ("S55.1.2", "1980-01-02"),
        ("令和元年5月1日", "2019-05-01"),
        ("1980/01/02 0:00:00", "1980-01-02"),
    ],
)
def test_dates_are_read_as_they_are_written_here(text, day):
    assert cells.day_in(text) == day


@pytest.mark.parametrize("text", ["1/2/1980", "1980-13-01", "1980-02-30", "soon"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match="2026-11-22"):
        cells.day_in(text)
