"""Logging in at the small form of the system: the app in the test's process, on a real staff service."""

PASSWORD = "correct horse 馬"


def bearer(staff, role="admin"):
    return {"Authorization": f"Bearer {staff.log_in(login=role, password=PASSWORD)['token']}"}
