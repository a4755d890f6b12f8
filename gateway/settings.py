"""What an operator can set for the gateway."""

import environ

from chassis.http import CONNECTIONS_EACH, MAX_CONNECTIONS
from chassis.settings import whole


@environ.config(prefix="MUSUBI")
class GatewaySettings:
    """Limits of the HTTP API, the proxies in front of it, the screens on it."""

    trusted_proxies: int = environ.var(
        0,
        converter=whole(0, 10),
        help="Reverse proxies in front of the gateway whose X-Forwarded-* headers are believed",
    )
    requests_per_minute: int = environ.var(
        1_200, converter=whole(1, 1_000_000), help="Requests a minute for each log-in or token"
    )
    anonymous_per_minute: int = environ.var(
        120, converter=whole(1, 1_000_000), help="Requests a minute for each address, not logged in"
    )
    screens_api: str = environ.var(
        "", help="Where the screens find the API, such as http://gateway:8000; the gateway's own where it is empty"
    )
    live_clients: int = environ.var(500, converter=whole(1, 100_000), help="Clients of the live feed at the same time")

    @property
    def connections_each(self) -> int:
        """What one address may hold. Behind proxies every connection is theirs: they have to share them out."""
        return MAX_CONNECTIONS if self.trusted_proxies else CONNECTIONS_EACH
