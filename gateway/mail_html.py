"""Mail HTML made harmless: no script, no form, no style, no image from elsewhere unless asked for. Pure.

The page that shows it has a policy of its own besides (``BODY_POLICY``) and is meant for a sandboxed frame:
each of the three layers holds alone.
"""

import re
from collections.abc import Callable, Mapping

import nh3

BODY_POLICY = (
    "default-src 'none'; img-src {images}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups"
)
INLINE_IMAGE = re.compile(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]+\Z", re.IGNORECASE)
# Bounded everywhere, and no tag within a tag: a hostile mail must not make it look twice at anything.
REMOTE_IMAGE = re.compile(r"<img\b[^<>]*?\bsrc\s{0,9}=\s{0,9}[\"']?\s{0,9}(?:https?:)?//", re.IGNORECASE)
# The cleaner's work grows with the square of the depth, and with the number of tags times the formatting elements that
# are open meanwhile, which it makes anew in every paragraph (HTML, "reconstruct the active formatting elements").
MAX_DEPTH, MAX_MADE_ANEW = 2_000, 300_000
TOO_DEEP = "<p>This mail's HTML is nested too deeply to be shown. Read its text, or download the mail.</p>"
TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,15})\b", re.IGNORECASE)
FORMATTING = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)
# They end by themselves, or may be left open without anything going deeper.
SHALLOW = frozenset(("area", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option", "p", "wbr"))
SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
TAGS = nh3.ALLOWED_TAGS | {"font"}
ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size"},
    "td": {"colspan", "rowspan", "align", "valign", "width", "headers"},
    "table": {"align", "border", "cellpadding", "cellspacing", "width", "summary"},
}


def has_remote_images(html: str) -> bool:
    """Whether the mail would load images from other servers."""
    return bool(REMOTE_IMAGE.search(html))


def harmless(html: str, *, inline: Mapping[str, str], remote_images: bool = False) -> str:
    """The HTML without anything that acts or calls home. ``inline`` maps Content-IDs to the paths of their bytes.

    What is nested too deeply is a sentence instead.
    """
    if _is_too_deep(html):
        return TOO_DEEP
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute_filter(inline, remote_images),
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def body_policy(*, remote_images: bool) -> str:
    """The Content-Security-Policy of a mail body."""
    return BODY_POLICY.format(images="'self' data: http: https:" if remote_images else "'self' data:")


def _attribute_filter(inline: Mapping[str, str], remote_images: bool) -> Callable[[str, str, str], str | None]:
    def kept(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return None if _scheme(value) in ("data", "cid") else value
        if attribute == "src":
            return _image(value.strip(), inline, remote_images)
        return None if _scheme(value) == "data" else value

    return kept


def _image(source: str, inline: Mapping[str, str], remote_images: bool) -> str | None:
    if source.lower().startswith("cid:"):
        return inline.get(source[4:].strip("<>"))
    if _scheme(source) == "data":
        return source if INLINE_IMAGE.match(source) else None
    return source if remote_images and _scheme(source) in ("http", "https") else None


def _is_too_deep(html: str) -> bool:
    """By the tags alone, whatever the cleaner makes of them."""
    tags = [(closing, name.lower()) for closing, name in TAG.findall(html)]
    formatting = [(closing, name) for closing, name in tags if name in FORMATTING]
    nesting = [(closing, name) for closing, name in tags if name not in SHALLOW]
    return _depth(nesting) > MAX_DEPTH or _depth(formatting) * len(tags) > MAX_MADE_ANEW


def _depth(tags: list[tuple[str, str]]) -> int:
    deepest = now = 0
    for closing, _ in tags:
        now = max(now - 1, 0) if closing else now + 1
        deepest = max(deepest, now)
    return deepest


def _scheme(url: str) -> str:
    """As browsers read it: they leave out white space and control characters."""
    return re.sub(r"[\x00-\x20]", "", url).partition(":")[0].lower()
