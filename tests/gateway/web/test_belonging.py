"""What belongs to a record is taken off and put back, and two who change the same thing see each other; as pages."""

from html.parser import HTMLParser
from typing import Any

import httpx
import pytest


class Form(HTMLParser):
    """The fields of the first form with `data-draft`, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.values = "", dict[str, Any]()
        self._within, self._area, self._select = False, "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        name, value = told.get("name", ""), told.get("value") or ""
        if tag == "form" and "data-draft" in told and not self.action:
            self.action, self._within = told["action"], True
        elif tag == "template":
            self._within = False
        elif not self._within:
            return
        elif tag == "textarea":
            self._area = name
            self.values[name] = [*self.values.get(name, []), ""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in told:
            self.values[self._select] = [*self.values.get(self._select, []), value]
        elif tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self.values[name] = [*self.values.get(name, []), value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._within = True
        elif tag == "form":
            self._within = False
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._within:
            self.values[self._area][-1] += data


@pytest.fixture
def screens(system, session):
    headers = {"Origin": system.url, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=system.url, cookies={"musubi_session": session}, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def made(system):
    def make(path: str, **data: Any) -> dict[str, Any]:
        answer = system.admin.post(path, json=data)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return make


@pytest.mark.parametrize("part", ["opportunities", "reports", "contacts", "organizations"])
def test_what_belongs_to_a_record_is_taken_off_and_undo_puts_it_back(screens, system, made, part):
    plural = "organizations" if part in ("contacts", "organizations") else "contacts"
    record = made(f"/{plural}", **({"name": "上"} if plural == "organizations" else {"last_name": "上"}))
    path, field, name = {
        "opportunities": ("/opportunities", "contact_id", {"name": "案件"}),
        "reports": ("/contacts", "reports_to_id", {"last_name": "下"}),
        "contacts": ("/contacts", "organization_id", {"last_name": "下"}),
        "organizations": ("/organizations", "member_of_id", {"name": "下"}),
    }[part]
    other = made(path, **name, **{field: record["id"]})
    here = f"/{plural}/{record['id']}"
    taken_off = screens.post(f"{here}/{part}/{other['id']}/unlink", headers={"Referer": f"{system.url}{here}/timeline"})
    assert (taken_off.status_code, taken_off.headers["Location"]) == (303, f"{here}/timeline")
    assert system.admin.get(f"{path}/{other['id']}").json()[field] is None
    undo = f"{here}/{part}/{other['id']}/link"
    assert f'action="{undo}"' in screens.get(here).text
    assert screens.post(undo).status_code == 303
    assert system.admin.get(f"{path}/{other['id']}").json()[field] == record["id"]


def test_two_who_change_one_quote_see_each_other_s_lines_and_nothing_is_lost(screens, system, made):
    contact = made("/contacts", last_name="両者")
    line = {"name": "校正", "unit_price": "8000"}
    quote = made("/quotes", contact_id=contact["id"], subject="件名", lines=[line], notes="備考")
    form = Form(screens.get(f"/quotes/{quote['id']}/edit").text)
    theirs = {"lines": [{**line, "name": "点検"}], "notes": "別の備考"}
    path = f"/quotes/{quote['id']}"
    assert system.admin.patch(path, json=theirs, headers={"If-Match": '"1"'}).status_code == 200
    typed = form.values | {"lines.name": ["修理"], "subject": ["新しい件名"]}
    clash = screens.post(form.action, data=typed)
    assert clash.status_code == 412
    assert all(word in clash.text for word in ("修理", "点検", "別の備考", "新しい件名"))
    saved = screens.post(form.action, data=Form(clash.text).values)
    assert saved.status_code == 303
    now = system.admin.get(path).json()
    assert (now["subject"], now["lines"][0]["name"], now["notes"]) == ("新しい件名", "修理", "別の備考")


def test_all_activities_of_a_contact_are_read_page_by_page(screens, made):
    contact = made("/contacts", last_name="多数")
    about = [{"kind": "contact", "id": contact["id"]}]
    for number in range(52):
        made("/activities", kind="to_do", subject=f"用件{number:02}", about=about)
    here = f"/contacts/{contact['id']}/all/activities"
    assert here in screens.get(f"/contacts/{contact['id']}/related").text
    first = screens.get(here).text
    [further] = {text.split('"')[0] for text in first.split('hx-get="') if text.startswith(f"{here}?cursor=")}
    rest = screens.get(further.replace("&amp;", "&"), headers={"HX-Request": "true"}).text
    shown = [[f"用件{number:02}</a>" in page for number in range(52)] for page in (first, rest)]
    assert [sum(each) for each in shown] == [50, 2]
    assert screens.get(f"/contacts/{contact['id']}/all/nonsense").status_code == 404
