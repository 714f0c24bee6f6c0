"""XML as text: what must be escaped, and base64 in lines."""

from __future__ import annotations

import re
from base64 import b64encode

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)
_PLAIN = re.compile(r"[\w\s.,:;/@#?=()+*~!'|{}\[\]^$%-]*", re.ASCII)


def escaped(text: str) -> str:
    """Text for an element or a quoted attribute; what XML 1.0 cannot hold becomes U+FFFD."""
    if _PLAIN.fullmatch(text) and text.isprintable():
        return text
    return _FORBIDDEN.sub("\ufffd", text).translate(_ESCAPES)


def base64_lines(data: bytes, width: int = 0) -> str:
    """Base64, broken into lines of this many characters; 0 for one line."""
    text = b64encode(data).decode()
    return text if not width else "\n".join(text[at : at + width] for at in range(0, len(text), width))
