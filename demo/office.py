"""The first admin of a new data folder, and the words of welcome."""

import secrets

from chassis.rpc_client import Services
from chassis.up import Site

LOGIN = "admin"
PASSWORD = "admin_password"
DOCS = "/api/v1/docs"


class Office:
    """Comes with every ``musubi up``."""

    def __init__(self, site: Site) -> None:
        """``site``: where the data lie and the API answers."""
        self._site = site

    def prepare(self) -> None:
        """Nothing is needed before the services start."""

    def ready(self, services: Services) -> None:
        """Make the admin if there is no staff user, and say where everything is."""
        kept = (self._site.keys / PASSWORD).exists()
        password = self._site.secret(PASSWORD, lambda: secrets.token_urlsafe(12))
        if not services.staff.staff_users(limit=1)["items"]:
            data = {"login": LOGIN, "name": "Admin", "role": "admin", "password": password}
            services.staff.create_staff_user(data=data, idempotency_key="first-admin")
        self._welcome(f"as in {self._site.keys / PASSWORD}" if kept else password)

    def stop(self) -> None:
        """Say that all is stopped."""
        self._print("\nStopped. The same command continues where this ended.")

    def _welcome(self, password: str) -> None:
        url = self._site.url
        self._print(f"[bold]Musubi runs: {url}[/]   API: {url}/api/v1   documentation: {url}{DOCS}")
        self._print(f"Log-in: [bold]{LOGIN}[/]   password: [bold]{password}[/]")
        self._print(
            f"A real mailbox: {self._site.command} --data {self._site.data} mailbox add --help   Ctrl-C stops all."
        )

    def _print(self, text: str) -> None:
        self._site.console.print(text, soft_wrap=True, highlight=False)
