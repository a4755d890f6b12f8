"""The peer for the whole road: django-helpdesk's `get_email` files the same mails as tickets, on PostgreSQL.

It runs in a virtual environment of its own in a temporary folder. It deletes what it has read, so it gets mail accounts
of its own.
"""

import secrets
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

import orjson
from sqlalchemy import make_url

from tests.infra.dovecot import Account
from tests.infra.postgres import PostgreSQL
from tests.infra.process import work_folder

PACKAGES = ("django-helpdesk==2.6.1", "Django==5.2.19", "psycopg2-binary==2.9.13")
LONGEST = 1_800

_SETTINGS = """
SECRET_KEY = "benchmark"
USE_TZ = True
TIME_ZONE = "UTC"
SITE_ID = 1
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
MEDIA_ROOT = {media!r}
MEDIA_URL = "/media/"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.sites", "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.humanize",
    "rest_framework", "helpdesk",
]
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}]
DATABASES = {{"default": {{
    "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": {port}, "NAME": {database!r},
    "USER": "musubi",
}}}}
LOGGING_CONFIG = None
HELPDESK_TEAMS_MODE_ENABLED = False
"""

_PROGRAM = """
import json, logging, os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
from django.core.management import call_command
from helpdesk.models import FollowUp, Queue, Ticket
logging.disable(logging.CRITICAL)
call_command("migrate", verbosity=0)
for name, account in json.loads(sys.argv[1]).items():
    Queue.objects.create(
        title=name, slug=name, email_address=name + "@example.jp", allow_email_submission=True, email_box_type="imap",
        email_box_host="127.0.0.1", email_box_port=account["port"], email_box_user=account["user"],
        email_box_pass=account["password"], email_box_imap_folder="INBOX", email_box_interval=0,
    )
began, cpu = time.perf_counter(), time.process_time()
call_command("get_email", quiet=True)
print(json.dumps({
    "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu,
    "tickets": Ticket.objects.count(), "mails": FollowUp.objects.count(),
}))
"""


class Helpdesk:
    """An installed django-helpdesk; `file_mails` as often as wanted, each time on a fresh database."""

    def __init__(self, postgres: PostgreSQL) -> None:
        self._postgres = postgres
        self._folder = work_folder("helpdesk")
        venv.create(self._folder / "venv", with_pip=True)
        self._python = self._folder / "venv" / "bin" / "python"
        install = [str(self._python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        subprocess.run(install, check=True, timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (self._folder / "urls.py").write_text(
            'from django.urls import include, path\nurlpatterns = [path("", include("helpdesk.urls"))]\n'
        )

    def __enter__(self) -> "Helpdesk":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def file_mails(self, accounts: Mapping[str, Account]) -> dict[str, float]:
        """``seconds`` and ``cpu`` seconds of one `get_email`; how many ``mails`` it filed and ``tickets`` it opened."""
        database = f"helpdesk{secrets.token_hex(3)}"
        self._postgres.create_database(database)
        port = make_url(self._postgres.url()).port
        settings = _SETTINGS.format(media=str(self._folder / "media"), database=database, port=port)
        (self._folder / "settings.py").write_text(settings)
        try:
            return _answer(self._python, self._folder, accounts)
        finally:
            self._postgres.drop_database(database)


def _answer(python: Path, folder: Path, accounts: Mapping[str, Account]) -> dict[str, float]:
    boxes = {
        name: {"port": account.port, "user": account.user, "password": account.password}
        for name, account in accounts.items()
    }
    done = subprocess.run(
        [python, "-c", _PROGRAM, orjson.dumps(boxes).decode()],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stderr[-3000:])
        raise RuntimeError("django-helpdesk did not run; its message is above")
    answer: dict[str, float] = orjson.loads(done.stdout.splitlines()[-1])
    return answer
