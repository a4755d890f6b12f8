"""The gateway as a nameko service: RPC clients, the live feed, and the HTTP server that carries the app."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from chassis import Rpc
from chassis.http import HttpServer
from chassis.live import LiveFeed
from chassis.settings import load
from contracts import CONTRACTS
from gateway.app import create_app
from gateway.live import LiveHub
from gateway.settings import GatewaySettings
from gateway.web.app import create_screens

DEFAULT_PORT = 8000
# What health checkers and Prometheus ask for; answered by the chassis, behind no log-in.
HEALTH_PATHS = ("/health/", "/metrics")
EVERYTHING: dict[str, Iterable[str]] = {contract.source: ["#"] for contract in CONTRACTS.values()}


# What the API answers; everything else is a screen.
API_PATHS = ("/api/", "/problems/", "/assets/")


class GatewayApp:
    """The WSGI app of the process: the API, the screens, and beside them the chassis' health pages."""

    def __init__(
        self, api: Any, screens: Any, hub: LiveHub, health: Callable[..., Any] | None, *, connections_each: int
    ) -> None:
        """``health`` None: the process has no health pages. ``connections_each`` is what the HTTP server asks for."""
        self.connections_each = connections_each
        self.api = api
        self.screens = screens
        self.hub = hub
        self.health = health

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if self.health and path.startswith(HEALTH_PATHS):
            return self.health(environ, start_response)
        answer = self.api if path.startswith(API_PATHS) else self.screens
        return answer(environ, start_response)

    def close(self) -> None:
        """End the live feed's streams, so that the process can stop."""
        self.hub.close()


def app_of(container: Any) -> GatewayApp:
    """The app on the RPC clients and the live feed of a running service."""
    settings = load(GatewaySettings)
    hub = LiveHub(max_clients=settings.live_clients)
    providers = {provider.attr_name: provider for provider in container.dependencies}
    clients = {name: each.get_dependency(None) for name, each in providers.items() if isinstance(each, Rpc)}
    feed = providers["live"].get_dependency(None)
    container.spawn_managed_thread(lambda: hub.follow(feed), identifier="live feed")
    api = create_app(SimpleNamespace(**clients), hub=hub, settings=settings)
    screens = create_screens(settings.screens_api or api, trusted_proxies=settings.trusted_proxies)
    return GatewayApp(api, screens, hub, container.config.get("health"), connections_each=settings.connections_each)


class GatewayService:
    """The HTTP API and the screens. It has no database: everything it tells comes from the services."""

    name = "gateway"
    contacts = Rpc("contacts")
    mail_ingest = Rpc("mail_ingest")
    matcher = Rpc("matcher")
    leads = Rpc("leads")
    tickets = Rpc("tickets")
    history = Rpc("history")
    sales = Rpc("sales")
    activities = Rpc("activities")
    staff = Rpc("staff")
    live = LiveFeed(EVERYTHING)
    http = HttpServer(app_of, default_port=DEFAULT_PORT)
