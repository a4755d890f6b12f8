"""Which bytes are an image that browsers show, and how large it is. Pure, as domain.py.

An image is what its structure says, whatever it is called: PNG (RFC 2083), GIF89a, JPEG (ITU T.81), WebP (RFC 9649).
"""

import struct
import zlib
from collections.abc import Callable

from contracts.errors import Invalid

MAX_BYTES = 700_000
MAX_SIDE = 6_000
# Start-of-frame markers of JPEG, which name the size; 0xC4, 0xC8 and 0xCC lie between them and are others.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})

Size = tuple[int, int]


class NoImage(ValueError):
    """The bytes are none of the kinds, or broken off."""


def checked(content: bytes) -> str:
    """The content type of an image. Invalid, with what to do, for what is none or too large."""
    if len(content) > MAX_BYTES:
        raise _refused(f"Is larger than {MAX_BYTES // 1_000:,} KB: make it smaller.")
    try:
        content_type, (width, height) = _kind(content)
    except (NoImage, struct.error, IndexError) as error:
        raise _refused("Is no PNG, JPEG, GIF or WebP image, or not all of one: choose another file.") from error
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise _refused(f"Has more than {MAX_SIDE:,} points on a side: make it smaller.")
    return content_type


def _refused(fault: str) -> Invalid:
    return Invalid("The image cannot be saved.", fields={"image": [fault]})


def _kind(content: bytes) -> tuple[str, Size]:
    for magic, content_type, size_of in _KINDS:
        if content.startswith(magic):
            return content_type, size_of(content)
    raise NoImage


def _png(content: bytes) -> Size:
    """Chunk by chunk, each with its checksum, up to the end and not beyond."""
    at, size = 8, None
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + length]
        if zlib.crc32(name + data) != struct.unpack_from(">I", content, at + 8 + length)[0]:
            raise NoImage
        if size is None:
            if name != b"IHDR":
                raise NoImage
            size = struct.unpack_from(">II", data)
        at += 12 + length
        if name == b"IEND":
            break
    return _all(content, at, size)


def _gif(content: bytes) -> Size:
    return _all(content, len(content) if content.endswith(b"\x3b") else 0, struct.unpack_from("<HH", content, 6))


def _jpeg(content: bytes) -> Size:
    """Marker by marker up to the frame, and the end of the image at the end."""
    at = 2
    while True:
        lead, marker = content[at], content[at + 1]
        if lead != 0xFF:
            raise NoImage
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return _all(content, len(content) if content.endswith(b"\xff\xd9") else 0, (width, height))
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        else:
            at += 2 + struct.unpack_from(">H", content, at + 2)[0]


def _webp(content: bytes) -> Size:
    length, form, first = struct.unpack_from("<I4s4s", content, 4)
    if form != b"WEBP":
        raise NoImage
    return _all(content, 8 + length + length % 2, _webp_size(content, first))


def _webp_size(content: bytes, first: bytes) -> Size:
    if first == b"VP8X":
        wide, high = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
        return wide, high
    if first == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if first == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        wide, high = struct.unpack_from("<HH", content, 26)
        return wide & 0x3FFF, high & 0x3FFF
    raise NoImage


def _all(content: bytes, end: int, size: Size | None) -> Size:
    """Nothing is missing, and nothing follows that another program could take for something else."""
    if end != len(content) or size is None:
        raise NoImage
    return size


_KINDS: tuple[tuple[bytes, str, Callable[[bytes], Size]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", _png),
    (b"GIF87a", "image/gif", _gif),
    (b"GIF89a", "image/gif", _gif),
    (b"\xff\xd8\xff", "image/jpeg", _jpeg),
    (b"RIFF", "image/webp", _webp),
)
