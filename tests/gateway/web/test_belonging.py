"""What belongs to a record is taken off and put back, and two who change the same thing see each other; as pages."""

from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from chassis.ids import new_id


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


PLURALS = {"reports": "contacts"}


def field_of(part: str) -> str:
    fields = {"reports": "reports_to_id", "contacts": "organization_id", "organizations": "member_of_id"}
    return fields.get(part, {"tickets": "customer"}.get(part, "contact_id"))


def pointing(part: str, id: str) -> Any:
    return {"kind": "contact", "id": id} if part == "tickets" else id


@pytest.mark.parametrize("part", ["opportunities", "tickets", "quotes", "reports", "contacts", "organizations"])
def test_what_belongs_to_a_record_is_taken_off_and_undo_puts_it_back(screens, system, made, part):
    plural = "organizations" if part in ("contacts", "organizations") else "contacts"
    record = made(f"/{plural}", **({"name": "上"} if plural == "organizations" else {"last_name": "上"}))
    path, field = f"/{PLURALS.get(part, part)}", field_of(part)
    name = {"tickets": "title", "quotes": "subject", "opportunities": "name", "organizations": "name"}
    value = pointing(part, record["id"])
    more = {"organization_id": made("/organizations", name="買い手")["id"]} if part == "quotes" else {}
    other = made(path, **{name.get(part, "last_name"): "下", field: value}, **more)
    here = f"/{plural}/{record['id']}"
    undone = screens.get(f"{here}/related").text
    assert f"{here}/{part}/{other['id']}/unlink" in undone
    taken_off = screens.post(f"{here}/{part}/{other['id']}/unlink", headers={"Referer": f"{system.url}{here}/timeline"})
    assert (taken_off.status_code, taken_off.headers["Location"]) == (303, f"{here}/timeline")
    assert system.admin.get(f"{path}/{other['id']}").json()[field] is None
    undo = f"{here}/{part}/{other['id']}/link"
    assert f'action="{undo}"' in screens.get(here).text
    assert screens.post(undo).status_code == 303
    assert system.admin.get(f"{path}/{other['id']}").json()[field] == value


def undo_in(page: str) -> str:
    """Where the form of the toast goes."""
    return unescape(page.partition("<template data-toast>")[2].partition('action="')[2].partition('"')[0])


@pytest.mark.parametrize("part", ["tickets", "opportunities", "reports", "contacts", "organizations"])
def test_several_are_chosen_at_once_and_undo_gives_each_back_to_whom_it_belonged(screens, system, made, part):
    path, field = f"/{PLURALS.get(part, part)}", field_of(part)
    of_firm = part in ("contacts", "organizations")
    plural, name = ("organizations", "name") if of_firm else ("contacts", "last_name")
    new, old = (made(f"/{plural}", **{name: text}) for text in ("新", "旧"))
    called = {"/contacts": "last_name", "/tickets": "title"}.get(path, "name")
    former, latter = (pointing(part, one["id"]) for one in (old, new))
    free, taken = (made(path, **{called: "選", field: whom}) for whom in (None, former))
    here = f"/{plural}/{new['id']}"
    assert f"{here}/{part}/choose" in screens.get(f"{here}/related").text
    chosen = {path[1:]: [free["id"], taken["id"], free["id"], ""]}
    saved = screens.post(f"{here}/{part}/choose", data=chosen, headers={"Referer": f"{system.url}{here}"})
    assert (saved.status_code, saved.headers["Location"]) == (303, here)

    def holders() -> list[Any]:
        return [system.admin.get(f"{path}/{one['id']}").json()[field] for one in (free, taken)]

    assert holders() == [latter, latter]
    assert screens.post(undo_in(screens.get(here).text)).status_code == 303
    assert holders() == [None, former]


def test_a_circle_is_refused_at_the_field_with_its_name_and_the_others_belong_to_it(screens, system, made):
    top = made("/contacts", last_name="頂上")
    middle, other = (
        made("/contacts", last_name=name, reports_to_id=above) for name, above in (("中", top["id"]), ("外", None))
    )
    asked = {"contacts": [other["id"], top["id"]], "contacts.label": ["外", "頂上さん"]}
    form = f"/contacts/{middle['id']}/reports/choose"
    refused = screens.post(form, data=asked)
    assert (refused.status_code, "頂上さん:" in refused.text) == (422, True)
    assert other["id"] not in refused.text.partition('name="contacts"')[2].partition(">")[0]
    assert refused.headers["HX-Trigger"] == "belongings"
    assert system.admin.get(f"/contacts/{other['id']}").json()["reports_to_id"] == middle["id"]
    assert system.admin.get(f"/contacts/{top['id']}").json()["reports_to_id"] is None
    third = made("/contacts", last_name="三")
    again = {"contacts": [third["id"]], "before": f"{other['id']}="}
    assert screens.post(form, data=again).status_code == 303
    # Undo speaks of all; what somebody has moved since stays.
    system.admin.patch(f"/contacts/{third['id']}", json={"reports_to_id": top["id"]}, headers={"If-Match": '"2"'})
    screens.post(undo_in(screens.get(f"/contacts/{middle['id']}").text))
    assert system.admin.get(f"/contacts/{other['id']}").json()["reports_to_id"] is None
    assert system.admin.get(f"/contacts/{third['id']}").json()["reports_to_id"] == top["id"]


def test_what_cannot_be_chosen_is_refused_with_what_to_do(screens, made):
    form = f"/organizations/{made('/organizations', name='選ぶ')['id']}/contacts/choose"
    nobody, words, many = (
        screens.post(form, data=data)
        for data in (
            {"contacts": [""]},
            {"contacts": [""], "contacts.label": ["やまだ"]},
            {"contacts": [new_id() for _ in range(31)]},
        )
    )
    assert [one.status_code for one in (nobody, words, many)] == [422, 422, 422]
    for page, sentence in ((nobody, "fill it in"), (words, "Choose one of the suggestions"), (many, "At most 30")):
        assert sentence in page.text
    gone = screens.post(form, data={"contacts": [new_id()], "contacts.label": ["居ない人"]})
    assert (gone.status_code, "居ない人:" in gone.text) == (422, True)
    assert screens.get(f"/contacts/{new_id()}/reports/choose").status_code == 404
    assert screens.post(form.replace("choose", "put-back?before=x%3D,%3D")).status_code == 303


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
    made("/activities", kind="to_do", subject="済んだ用件", about=about, status="Completed")
    here = f"/contacts/{contact['id']}/all/open_activities"
    assert here in screens.get(f"/contacts/{contact['id']}/related").text
    first = screens.get(here).text
    [further] = {text.split('"')[0] for text in first.split('hx-get="') if text.startswith(f"{here}?cursor=")}
    rest = screens.get(further.replace("&amp;", "&"), headers={"HX-Request": "true"}).text
    shown = [[f"用件{number:02}</a>" in page for number in range(52)] for page in (first, rest)]
    assert [sum(each) for each in shown] == [50, 2]
    past = screens.get(here.replace("open_", "past_")).text
    assert ("済んだ用件</a>" in past, "用件00" in past, "済んだ用件" in first + rest) == (True, False, False)
    assert screens.get(f"/contacts/{contact['id']}/all/nonsense").status_code == 404
