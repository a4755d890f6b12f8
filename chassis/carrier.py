"""The two links of a container: one to consume and one to publish.

They are apart because a broker in a memory or disk alarm stops reading from connections that publish: on one and the
same connection acknowledgements would be held back as well.
"""

from functools import cached_property

from nameko.extensions import SharedExtension

from chassis.link import Link
from chassis.publisher import Publisher


class Carrier(SharedExtension):
    """Shared by everything in one container that talks to the broker."""

    # Made at first use: nameko sets all extensions up at once, in no order, and most of them hang themselves on here.

    @cached_property
    def consuming(self) -> Link:
        """For queues and what comes from them."""
        return Link(f"{self.container.service_name} consuming")

    @cached_property
    def publishing(self) -> Link:
        """For everything that is sent but acknowledgements."""
        return Link(f"{self.container.service_name} publishing")

    @cached_property
    def publisher(self) -> Publisher:
        """Confirmed publishing."""
        return Publisher(self.publishing)

    def start(self) -> None:
        """Connect in the background: a broker that is away stops no start."""
        for link in self.links:
            link.start(self.container.spawn_managed_thread)

    def stop(self) -> None:
        """Close both; called after the entrypoints and providers have stopped."""
        for link in self.links:
            link.stop()

    kill = stop

    @property
    def links(self) -> tuple[Link, Link]:
        """Both, for health checks."""
        return self.consuming, self.publishing
