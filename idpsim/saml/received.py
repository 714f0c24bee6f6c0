"""What came over a SAML binding from a stranger: unpacked within limits, and proven to be harmless XML."""

from __future__ import annotations

import binascii
import re
import zlib
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote_plus
from xml.parsers.expat import ExpatError, ParserCreate

from idpsim.signon.saml_errors import Kind

PACKED = 256 * 1024  # bytes that are looked at, as they come
UNPACKED = 64 * 1024  # bytes of XML
RELAY_STATE = 8 * 1024  # characters; the standard allows 80, service providers send whole URLs
DEPTH = 40
ELEMENTS = 5000
ATTRIBUTES = 2000

ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
DEFLATE = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
_OURS = frozenset({"SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding"})
_SPACE = re.compile(rb"[\r\n\t ]+")


class Unacceptable(Exception):
    """A message that is not acted on; `value` is what was wrong, as it came, and `issuer` who sent it, if it says."""

    def __init__(self, kind: Kind, detail: str, value: str = "", issuer: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: Kind = kind
        self.detail = detail
        self.value = value
        self.issuer = issuer


@dataclass(frozen=True, slots=True)
class Message:
    """An unpacked SAML message: harmless XML, of which nothing but its root and Issuer has been read.

    `name` is the root's local name. `signed` is the text that a Redirect signature covers, as it came over the wire;
    `algorithm` and `signature` are None where there is none.
    """

    xml: bytes = field(repr=False)
    name: str
    issuer: str
    binding: Literal["redirect", "post"]
    relay_state: str | None = None
    signed: bytes = field(default=b"", repr=False)
    algorithm: str | None = None
    signature: bytes | None = field(default=None, repr=False)


def redirected(query: bytes) -> Message:
    """The message of a Redirect, from the query as it came; Unacceptable where there is none or it is bad."""
    if len(query) > PACKED:
        raise Unacceptable("too-large", f"the query is longer than {PACKED} bytes")
    raw = _raw_parameters(query)
    kind = _kind(raw)
    given = {name: _text(value) for name, value in raw.items()}
    if given.get("SAMLEncoding", DEFLATE) != DEFLATE:
        raise Unacceptable("unsupported-binding", "SAMLEncoding is not DEFLATE", given["SAMLEncoding"])
    xml = inflated(_base64(given[kind]))
    covered = [name for name in (kind, "RelayState", "SigAlg") if name in raw]
    return Message(
        xml,
        *_who(xml),
        binding="redirect",
        relay_state=_relay_state(given),
        signed=b"&".join(name.encode() + b"=" + raw[name] for name in covered),
        algorithm=given.get("SigAlg"),
        signature=_base64(given["Signature"]) if "Signature" in given else None,
    )


def posted(form: Iterable[tuple[str, str]]) -> Message:
    """The message of a POST, from the fields of its form with repetitions; Unacceptable where there is none or bad."""
    fields: dict[str, str] = {}
    for name, value in form:
        if name in _OURS and name in fields:
            raise Unacceptable("malformed", f"{name} is given twice")
        fields[name] = value
    xml = _base64(fields[_kind(fields)])
    if len(xml) > UNPACKED:
        raise Unacceptable("too-large", f"the message is longer than {UNPACKED} bytes")
    return Message(xml, *_who(xml), binding="post", relay_state=_relay_state(fields))


def inflated(packed: bytes) -> bytes:
    """A deflated message (RFC 1951) of at most `UNPACKED` bytes; nothing beyond that is inflated."""
    stream = zlib.decompressobj(-15)
    try:
        plain = stream.decompress(packed, UNPACKED + 1)
    except zlib.error as error:
        raise Unacceptable("malformed", "the message is not deflated") from error
    if len(plain) > UNPACKED:
        raise Unacceptable("too-large", f"the message inflates to more than {UNPACKED} bytes")
    if not stream.eof or stream.unused_data:
        raise Unacceptable("malformed", "the deflated message is cut off, or something follows it")
    return plain


def harmless(xml: bytes, elements: int = ELEMENTS) -> None:
    """Unacceptable unless this is UTF-8 XML with no document type, of modest depth and size."""
    _scanned(xml, elements)


def _kind(parameters: Any) -> str:
    kinds = [name for name in ("SAMLRequest", "SAMLResponse") if name in parameters]
    if not kinds:
        raise Unacceptable("missing", "there is no SAMLRequest")
    if len(kinds) == 2:
        raise Unacceptable("malformed", "there are both a SAMLRequest and a SAMLResponse")
    return kinds[0]


def _raw_parameters(query: bytes) -> dict[str, bytes]:
    """SAML's parameters, still percent-encoded: the signature covers them as they came."""
    raw: dict[str, bytes] = {}
    for part in query.split(b"&"):
        encoded, _, value = part.partition(b"=")
        name = unquote_plus(encoded.decode("latin-1"))
        if name not in _OURS:
            continue
        if name in raw:
            raise Unacceptable("malformed", f"{name} is given twice")
        raw[name] = value
    return raw


def _text(value: bytes) -> str:
    try:
        return unquote_plus(value.decode("ascii"), errors="strict")
    except UnicodeDecodeError as error:
        raise Unacceptable("malformed", "a parameter is not UTF-8") from error


def _relay_state(given: Mapping[str, str]) -> str | None:
    """What comes back with the answer, and waits with it for somebody to sign in."""
    state = given.get("RelayState")
    if state is not None and len(state) > RELAY_STATE:
        raise Unacceptable("too-large", f"RelayState is longer than {RELAY_STATE} characters")
    return state


def _base64(value: str) -> bytes:
    if len(value) > 2 * PACKED:
        raise Unacceptable("too-large", f"a parameter is longer than {2 * PACKED} characters")
    try:
        return b64decode(_SPACE.sub(b"", value.encode("ascii")), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Unacceptable("malformed", "a parameter is not base64") from error


def _who(xml: bytes) -> tuple[str, str]:
    """The root's local name and the text of its Issuer; Unacceptable where it is no SAML 2.0 protocol message."""
    root, issuer = _scanned(xml, ELEMENTS)
    namespace, _, name = root.rpartition(" ")
    if namespace != PROTOCOL:
        raise Unacceptable("malformed", "this is no SAML 2.0 protocol message")
    if not issuer or len(issuer) > 1024:
        raise Unacceptable("malformed", "the message has no Issuer, or a very long one")
    return name, issuer


class _Scan:
    """Reads a document once and builds nothing: its root, its root's Issuer, and whether it keeps the limits."""

    def __init__(self, elements: int) -> None:
        self.root = ""
        self.issuer = ""
        self.issuers = 0
        self._left = elements
        self._depth = 0
        self._inside = False
        self.parser = ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise Unacceptable("malformed", "the message is not UTF-8", encoding[:40])

    def _doctype(self, *_named: object) -> None:
        raise Unacceptable("malformed", "the message has a document type declaration")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._left -= 1
        if self._depth > DEPTH or self._left < 0 or len(attributes) > ATTRIBUTES:
            raise Unacceptable("too-large", "the message has too many elements, or they lie too deep")
        if self._depth == 1:
            self.root = name
        self._inside = self._depth == 2 and name == f"{ASSERTION} Issuer"
        self.issuers += self._inside

    def _end(self, _name: str) -> None:
        self._depth -= 1
        self._inside = False

    def _characters(self, text: str) -> None:
        if self._inside:
            self.issuer += text


def _scanned(xml: bytes, elements: int) -> tuple[str, str]:
    try:
        xml.decode("utf-8")
        scan = _Scan(elements)
        scan.parser.Parse(xml, True)
    except (ExpatError, UnicodeDecodeError) as error:
        raise Unacceptable("malformed", "the message is not well-formed UTF-8 XML") from error
    if scan.issuers > 1:
        raise Unacceptable("malformed", "the message has more than one Issuer")
    return scan.root, scan.issuer.strip()
