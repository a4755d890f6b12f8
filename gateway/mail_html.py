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
REMOTE_IMAGE = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
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
    """The HTML without anything that acts or calls home. ``inline`` maps Content-IDs to the paths of their bytes."""
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


def _scheme(url: str) -> str:
    return url.strip().partition(":")[0].lower()
