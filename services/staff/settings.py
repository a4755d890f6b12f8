"""The settings of staff."""

import environ

from chassis.settings import Secret


@environ.config(prefix="MUSUBI")
class StaffSettings:
    """What staff's commands need beside the common settings."""

    admin_password: str = environ.var(
        "",
        converter=Secret,
        help="Password that `musubi staff add-admin` gives the admin. Empty: it asks, or makes one up",
    )
