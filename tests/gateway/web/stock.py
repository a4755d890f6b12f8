"""One of everything that a page shows, of a company that exists nowhere; what the table of all screens looks at."""

from functools import partial
from typing import Any

from tests.infra import eventually

Ids = dict[str, str]
CSV = {"Content-Type": "text/csv"}
LIST = "姓,名,メール,社内番号\n倉庫,太郎,taro@stock.example,27\n倉庫,花子,kein@,26\n"
LONG = "株式会社北海道東北関東甲信越東海北陸近畿中国四国九州沖縄物流機器販売サービスホールディングス"
LINES = [
    {
        "name": "自動倉庫用スタッカークレーン点検作業（年一回・消耗品を含む）",
        "quantity": "2",
        "unit": "式",
        "unit_price": "1280000",
    },
    {"name": "お茶", "unit_price": "150", "tax_rate": 8},
]
ISSUER = {"name": "株式会社倉庫計測", "address": "東京都千代田区外神田1-2-3", "registration_number": "T7000012050002"}


class Stock:
    """Fills a running system by its API, once."""

    def __init__(self, system: Any) -> None:
        self.system, self.api = system, system.admin
        self.ids: Ids = {}

    def add(self, name: str, path: str, /, **data: Any) -> dict[str, Any]:
        """A record, its id under this name."""
        answer = self.api.post(path, json=data)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        made = dict(answer.json())
        self.ids[name] = made["id"]
        return made

    def change(self, path: str, /, **data: Any) -> None:
        """Change a record as it is now."""
        etag = self.api.get(path).headers["ETag"]
        self.api.patch(path, json=data, headers={"If-Match": etag}).raise_for_status()

    def delete(self, path: str) -> None:
        """Into the recycle bin."""
        etag = self.api.get(path).headers["ETag"]
        answer = self.api.delete(path, headers={"If-Match": etag})
        assert answer.status_code == 204, answer.text

    def fill(self) -> Ids:
        """All of it."""
        for part in (self._people, self._work, self._sales, self._staff, self._lists, self._imports, self._bin):
            part()
        return self.ids

    def _people(self) -> None:
        address = {"postal_code": "100-0005", "state": "東京都", "city": "千代田区", "street": "丸の内1-1"}
        billing = {f"billing_{name}": text for name, text in address.items()}
        self.add("owner", "/contacts", last_name="倉庫", first_name="会長")
        self.add("firm", "/organizations", name=LONG, industry="運輸", phones=["03-1234-9999"], **billing)
        self.add(
            "alone", "/organizations", name="倉庫支社㈱", website="https://stock.example", member_of_id=self.ids["firm"]
        )
        firm, owner = self.ids["firm"], self.ids["owner"]
        data: dict[str, Any] = {
            "last_name": "倉庫",
            "first_name": "一郎",
            "last_name_kana": "ソウコ",
            "title": "代表取締役社長",
        }
        data |= {
            "addresses": ["ichiro@stock.example", "i.souko@kojin.example"],
            "phones": ["03-1234-0000", "090-1234-5678"],
        }
        data |= {f"mailing_{name}": text for name, text in address.items()}
        data |= {
            "organization_id": firm,
            "reports_to_id": owner,
            "decision_maker": True,
            "tags": ["展示会", "重要な取引先"],
        }
        self.add("person", "/contacts", **data, description="創業者。\n電話は午前中。")
        for name, title in (("二郎", "倉庫管理部長"), ("三郎", "情報システム部長代理補佐")):
            self.add(
                name,
                "/contacts",
                last_name="倉庫",
                first_name=name,
                title=title,
                organization_id=firm,
                reports_to_id=self.ids["person"],
            )
        self.change(f"/contacts/{self.ids['person']}", title="代表取締役会長兼社長", birthday="1970-02-28")
        for number in ("1", "2"):
            self.add(
                f"twin{number}",
                "/contacts",
                last_name="双子倉庫",
                first_name="薫",
                phones=["03-9876-0001"],
                title=f"係{number}",
            )
            self.add(f"pair{number}", "/organizations", name="双子倉庫商会", website="https://pair.example")
        for language in ("ja", "en"):
            kept, gone = (
                self.add(
                    f"{name}-{language}", "/contacts", last_name="分解", first_name=f"{language}{name}", title=name
                )
                for name in ("kept", "gone")
            )
            values = {"title": gone["id"]}
            merged = self.api.post(f"/contacts/{kept['id']}/merge", json={"other_ids": [gone["id"]], "values": values})
            merged.raise_for_status()
            self.change(f"/contacts/{kept['id']}", title="新しい役職")

    def _work(self) -> None:
        person, firm = (
            {"kind": kind, "id": self.ids[name]} for kind, name in (("contact", "person"), ("organization", "firm"))
        )
        for record in (person, firm):
            comment = {"record": record, "text": "電話で確認済み。\n折り返しを待つ。"}
            self.api.post("/comments", json=comment).raise_for_status()
            asked = {
                "kind": record["kind"],
                "id": record["id"],
                "name": "倉庫の見取り図 2026年度 改訂第三版（承認済み）.pdf",
            }
            kept = self.api.post(
                "/documents", params=asked, content=b"%PDF-1.7", headers={"Content-Type": "application/octet-stream"}
            )
            kept.raise_for_status()
        when = {
            "starts_at": "2999-12-01T14:00:00+09:00",
            "ends_at": "2999-12-01T15:00:00+09:00",
            "time_zone": "Asia/Tokyo",
        }
        self.add(
            "meeting",
            "/activities",
            kind="meeting",
            subject="倉庫の秋の打合せ",
            place="本社 会議室",
            about=[person, firm],
            **when,
        )
        self.add("to-do", "/activities", kind="to_do", subject="倉庫に電話する", due_on="2020-01-31", about=[person])
        self.add(
            "ticket", "/tickets", title="倉庫の電源が入らない", priority="Urgent", severity="Critical", customer=person
        )

    def _sales(self) -> None:
        self.change("/issuer", **ISSUER)
        customer = {"contact_id": self.ids["person"], "organization_id": self.ids["firm"]}
        self.add(
            "opportunity",
            "/opportunities",
            name="倉庫のセンサー増設",
            amount="1200000",
            expected_close="2999-12-31",
            **customer,
        )
        paper = {"subject": "倉庫のセンサー増設", "lines": LINES, "notes": "有効期限は一か月。", **customer}
        self.add("quote", "/quotes", **paper, opportunity_id=self.ids["opportunity"])
        self.add("invoice", "/invoices", **paper)

    def _staff(self) -> None:
        login = {"login": "souko", "password": "correct horse 倉"}
        self.add("user", "/staff-users", name="倉庫 四郎", role="staff", **login)
        agent = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"}
        self.system.client(**agent).post("/sessions", json=login).raise_for_status()
        self.add("group", "/staff-groups", name="倉庫班", description="倉庫の担当", member_ids=[self.ids["user"]])

    def _lists(self) -> None:
        conditions = [{"field": "last_name", "operator": "contains", "value": "倉庫"}]
        either = [{"field": "title", "operator": "contains", "value": word} for word in ("部長", "課長")]
        wanted = {"match": "all", "conditions": [*conditions, {"match": "any", "conditions": either}]}
        self.add("view", "/list-views", record_kind="contact", name="倉庫の管理職", filter=wanted)
        for action, kind, name in (("update", "contact", "三郎"), ("delete", "organization", "firm")):
            data: dict[str, Any] = {"data": {"department": "倉庫部"}} if action == "update" else {}
            ids = [self.ids[name]]
            self.add(f"mass-{action}", "/mass-changes", record_kind=kind, action=action, ids=ids, **data)

    def _imports(self) -> None:
        texts = {"mapping": LIST, "result": LIST, "failed": '姓,名\n倉庫,五郎\n"倉庫,六郎\n'}
        for name, text in texts.items():
            asked = {"record_kind": "contact", "file_name": f"{name}-名簿.csv"}
            made = self.api.post("/imports", params=asked, content=text.encode(), headers=CSV)
            assert made.status_code == 201, made.text
            self.ids[f"import-{name}"] = made.json()["id"]
        for name, state in (("result", "finished"), ("failed", "failed")):
            path = f"/imports/{self.ids[f'import-{name}']}"
            self.api.post(f"{path}/start").raise_for_status()
            eventually(partial(self._is, path, state))

    def _is(self, path: str, state: str) -> bool:
        return bool(self.api.get(path).json()["state"] == state)

    def _bin(self) -> None:
        person = {"kind": "contact", "id": self.ids["person"]}
        customer = {"contact_id": self.ids["person"]}
        gone: dict[str, dict[str, Any]] = {"contacts": {"last_name": "捨てた倉庫"}}
        gone |= {"organizations": {"name": "捨てた倉庫㈱"}}
        gone |= {"activities": {"kind": "to_do", "subject": "捨てた用件", "about": [person]}}
        gone |= {"opportunities": {"name": "捨てた案件", **customer}}
        gone |= {kind: {"subject": "捨てた書類", **customer} for kind in ("quotes", "invoices")}
        for kind, data in gone.items():
            self.add(f"deleted-{kind}", f"/{kind}", **data)
            self.delete(f"/{kind}/{self.ids[f'deleted-{kind}']}")
        kept = self.api.get("/documents", params={"kind": "contact", "id": self.ids["person"]}).json()["items"]
        self.api.delete(f"/documents/{kept[0]['id']}", headers={"If-Match": '"1"'}).raise_for_status()
