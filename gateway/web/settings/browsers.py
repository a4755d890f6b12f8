"""Which program a User-Agent header (RFC 9110, 10.1.5) speaks of, as people call it."""

from gateway.web.language import gettext, msg

# The first that is named counts: most browsers name those they are like as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
UNKNOWN = msg("Not known")
LONGEST = 60


def told(agent: str | None) -> str:
    """The browser and the system; the first words of what is none of these."""
    if not agent or agent == "-":
        return gettext(UNKNOWN)
    found = [next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) if found[0] else agent[:LONGEST]
