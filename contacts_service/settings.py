"""The settings of contacts."""

import environ

from chassis.settings import load, whole


@environ.config(prefix="MUSUBI")
class ContactsSettings:
    """What contacts needs beside the common settings."""

    fiscal_year_start: int = environ.var(
        4,
        converter=whole(1, 12),
        help="Month in which the fiscal year (年度) begins, for filters such as “this fiscal year”; 4: April",
    )


def fiscal_year_start() -> int:
    """The month in which the fiscal year begins, 1 to 12. SettingError."""
    return load(ContactsSettings).fiscal_year_start
