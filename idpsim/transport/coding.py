"""Content codings of an answer's body, undone within a bound."""

from __future__ import annotations

from idpsim.transport.connection import Broken

_MOST_CODINGS = 3


def decoded(body: bytes, codings: str, most: int) -> bytes:
    """`body` without its gzip and deflate codings; other codings stay; more than `most` bytes are `too-large`."""
    names = [name for name in (part.strip().lower() for part in codings.split(",")) if name not in ("", "identity")]
    if len(names) > _MOST_CODINGS:
        raise Broken("malformed", f"the body has {len(names)} content codings")
    for name in reversed(names):
        if name not in ("gzip", "x-gzip", "deflate") or not body:
            break
        body = _inflated(body, name, most)
    return body


def _inflated(body: bytes, name: str, most: int) -> bytes:
    import zlib

    window = 31 if "gzip" in name else 15 if _has_zlib_header(body) else -15
    result = bytearray()
    while body:
        stream = zlib.decompressobj(window)
        try:
            result += stream.decompress(body, most + 1 - len(result))
        except zlib.error as error:
            raise Broken("malformed", f"the body is not {name}, though Content-Encoding says so ({error})") from None
        if len(result) > most:
            raise Broken("too-large", f"the {name} body is longer than {most:,} bytes when unpacked")
        if not stream.eof:
            raise Broken("malformed", f"the {name} body ends in its middle")
        body = stream.unused_data if stream.unused_data[:2] == b"\x1f\x8b" and window == 31 else b""
    return bytes(result)


def _has_zlib_header(body: bytes) -> bool:
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
