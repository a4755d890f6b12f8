"""What other systems hear of contacts: changes with before and after, mailings and portal in words of their own."""


def test_a_change_is_told_with_before_and_after(contacts):
    made = contacts.add("田中", title="課長")
    contacts.published()
    contacts.service.update_contact(id=made["id"], data={"title": "部長", "birthday": "1980-01-02"}, version=1)
    [event] = contacts.published()
    assert event.data["changed"] == ["birthday", "title"]
    assert event.data["changes"] == [
        {"field": "birthday", "old": None, "new": "1980-01-02"},
        {"field": "title", "old": "課長", "new": "部長"},
    ]


def test_whoever_opts_out_and_in_again_is_told_each_time_and_once(contacts):
    made = contacts.add("田中")
    contacts.published()
    for version, out in enumerate((True, True, False), start=1):
        contacts.service.update_contact(id=made["id"], data={"email_opt_out": out}, version=min(version, 2))
    switches = [event for event, _ in contacts.said() if event != "contact.updated"]
    assert switches == ["contact.opted_out", "contact.opted_in"]


def test_the_portal_is_told_who_may_log_in_and_who_may_no_more(contacts):
    made = contacts.add("田中", "tanaka@abc.co.jp", portal=True)
    assert contacts.said() == [
        ("contact.created", made["id"]),
        ("address.assigned", "tanaka@abc.co.jp"),
        ("contact.portal_enabled", made["id"]),
    ]
    contacts.service.update_contact(id=made["id"], data={"portal": False}, version=1)
    assert contacts.said() == [("contact.updated", made["id"]), ("contact.portal_disabled", made["id"])]
