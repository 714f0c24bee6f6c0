"""What strangers send: unpacked within limits, refused with a kind, never an exception of another sort."""

from __future__ import annotations

import time
import tracemalloc
import zlib
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from urllib.parse import quote_plus

import pytest

from idpsim.saml.received import PACKED, RELAY_STATE, UNPACKED, Message, Unacceptable, posted, redirected
from tests.sso.saml import asking
from tests.sso.saml.asking import by_post, by_redirect, deflated, form, query

authn = partial(asking.authn, issued="2026-01-05T09:00:00Z")

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for name, inner in zip("bcdefghij", "abcdefghi", strict=True)
)


def kind(xml: str | bytes) -> str:
    with pytest.raises(Unacceptable) as raised:
        by_post(xml)
    return raised.value.kind


def refused_query(raw: str | bytes) -> str:
    with pytest.raises(Unacceptable) as raised:
        redirected(raw.encode() if isinstance(raw, str) else raw)
    return raised.value.kind


def test_a_redirect_is_unpacked_and_nothing_but_its_root_and_issuer_read() -> None:
    message = by_redirect(authn(), "some state")

    assert (message.name, message.issuer, message.binding) == ("AuthnRequest", "https://sp.test/saml", "redirect")
    assert message.relay_state == "some state"


def test_a_post_is_unpacked_even_with_its_base64_broken_into_lines() -> None:
    fields = form(authn(), "")
    fields["SAMLRequest"] = "\r\n".join(fields["SAMLRequest"][i : i + 76] for i in range(0, 2000, 76))

    message = posted(fields.items())

    assert (message.name, message.relay_state) == ("AuthnRequest", "")


def test_the_signed_text_is_the_query_as_it_came_without_what_is_not_samls() -> None:
    raw = query(authn(), "a b").replace("%2B", "%2b")

    message = redirected(f"utm=1&{raw}&login_hint=ada".encode())

    assert message.signed == raw.encode()


def test_a_deflate_bomb_is_refused_without_being_inflated() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(200)) + packer.flush()
    raw = f"SAMLRequest={quote_plus(b64encode(bomb[:180_000]).decode())}"
    tracemalloc.start()

    kind = refused_query(raw)

    assert kind == "too-large"
    assert tracemalloc.get_traced_memory()[1] < 8 * PACKED
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", "missing"),
        ("RelayState=x", "missing"),
        ("SAMLRequest=", "malformed"),
        ("SAMLRequest=%%%", "malformed"),
        ("SAMLRequest=not-base64!", "malformed"),
        ("SAMLRequest=QUJD", "malformed"),
        ("SAMLRequest=%ff%fe", "malformed"),
        (b"SAMLRequest=\xff\xfe", "malformed"),
        ("SAMLRequest=a&SAMLRequest=b", "malformed"),
        ("SAMLRequest=a&%53AMLRequest=b", "malformed"),
        ("SAMLRequest=a&SAMLResponse=b", "malformed"),
        (f"SAMLRequest={quote_plus(deflated(authn()))}&RelayState=a&RelayState=b", "malformed"),
        (f"SAMLRequest={quote_plus(deflated(authn()))}&RelayState=%ff", "malformed"),
        (f"SAMLRequest={quote_plus(deflated(authn())[:-8])}", "malformed"),
        (f"SAMLRequest={quote_plus(deflated(authn()))}&SAMLEncoding=urn:x", "unsupported-binding"),
        ("SAMLRequest=" + "A" * 10_000_000, "too-large"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_query_is_refused(raw: str | bytes, expected: str) -> None:
    assert refused_query(raw) == expected


def test_something_after_the_deflated_message_is_refused() -> None:
    from base64 import b64decode

    raw = b64encode(b64decode(deflated(authn())) + b"more").decode()

    assert refused_query(f"SAMLRequest={quote_plus(raw)}") == "malformed"


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (b"", "malformed"),
        (b"\x00\x01\x02", "malformed"),
        ("no XML", "malformed"),
        ("<a>", "malformed"),
        ("<a/><b/>", "malformed"),
        ("<AuthnRequest/>", "malformed"),
        (authn().encode("utf-16"), "malformed"),
        ('<?xml version="1.0" encoding="utf-16"?>' + authn(), "malformed"),
        ('<?xml version="1.0" encoding="iso-8859-1"?>' + authn(), "malformed"),
        (authn().replace("https://sp.test/saml<", "\xff<").encode("latin-1"), "malformed"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + authn("&x;"), "malformed"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">' + authn(), "malformed"),
        ('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x">%x;]>' + authn(), "malformed"),
        (BOMB + "]>" + authn("&j;"), "malformed"),
        (authn("&undefined;"), "malformed"),
        (authn("<a>" * 100 + "</a>" * 100), "too-large"),
        (authn("<a/>" * 10_000), "too-large"),
        (authn("x" * (UNPACKED + 1)), "too-large"),
        (authn(issuer=""), "malformed"),
        (authn(issuer="x" * 2000), "malformed"),
        (authn("<saml:Issuer>https://other.test</saml:Issuer>"), "malformed"),
        (authn().replace("2.0:protocol", "1.1:protocol"), "malformed"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_xml_is_refused(xml: str | bytes, expected: str) -> None:
    assert kind(xml) == expected


def test_a_request_of_ten_megabytes_is_refused_at_once() -> None:
    fields = {"SAMLRequest": "A" * 10_000_000}
    began = time.monotonic()

    with pytest.raises(Unacceptable, match="too-large"):
        posted(fields.items())

    assert time.monotonic() - began < 1


def test_a_comment_in_the_issuer_hides_no_part_of_it() -> None:
    message: Message = by_post(authn(issuer="https://sp.test<!-- -->.evil.test"))

    assert message.issuer == "https://sp.test.evil.test"


def test_a_post_is_never_inflated() -> None:
    with pytest.raises(Unacceptable, match="malformed"):
        posted({"SAMLRequest": deflated(authn())}.items())


def test_a_field_that_is_given_twice_is_refused() -> None:
    fields = [*form(authn()).items(), *form(authn()).items()]

    with pytest.raises(Unacceptable, match="twice"):
        posted(fields)


@pytest.mark.parametrize("send", [by_redirect, by_post])
def test_a_relay_state_as_long_as_a_url_is_kept_and_a_longer_one_refused(
    send: Callable[[str, str], Message],
) -> None:
    kept = send(authn(), "x" * RELAY_STATE)

    with pytest.raises(Unacceptable, match="too-large"):
        send(authn(), "x" * (RELAY_STATE + 1))

    assert kept.relay_state == "x" * RELAY_STATE
