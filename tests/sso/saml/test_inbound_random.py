"""Nothing that a stranger sends is worse than Unacceptable."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from idpsim.errors import UsageError
from idpsim.saml.received import Message, Unacceptable, posted, redirected
from idpsim.sso.saml import inbound
from idpsim.sso.saml.refusing import errors_of
from idpsim.sso.saml.registering import registration
from tests.sso.front import REGISTRATION, app, signing
from tests.sso.saml.asking import authn, enveloped, form, logout, query
from tests.sso.saml.test_registering import FULL

APP = app("okta", replace(REGISTRATION, signing_certificates=(signing("sp").der,)))
REQUESTS = (authn(), logout(), enveloped(authn('<samlp:NameIDPolicy AllowCreate="true"/>'), signing("sp")))
PIECES = some.sampled_from(
    [
        "",
        "x",
        "\0",
        "é",
        "&amp;",
        "<saml:Issuer/>",
        "<a/>",
        "<!-- -->",
        "<![CDATA[x]]>",
        '"',
        " a='b'",
        "<ds:Signature/>",
    ]
)


def read(message: Message) -> None:
    for each in (inbound.authn_request, inbound.logout_request):
        with suppress(Unacceptable):
            each(APP, message, time.time(), errors_of("okta"))


def changed(text: str, places: list[tuple[float, float, str]]) -> str:
    for start, length, piece in places:
        at = int(start * len(text))
        text = text[:at] + piece + text[at + int(length * 40) :]
    return text


CHANGES = some.lists(some.tuples(some.floats(0, 1), some.floats(0, 1), PIECES), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(some.sampled_from(REQUESTS), CHANGES)
def test_a_damaged_request_is_read_or_refused(xml: str, places: list[tuple[float, float, str]]) -> None:
    damaged = changed(xml, places)

    for binding in ("redirect", "post"):
        with suppress(Unacceptable):
            read(redirected(query(damaged).encode()) if binding == "redirect" else posted(form(damaged).items()))


@settings(max_examples=150, deadline=None)
@given(some.binary(max_size=200) | some.text(max_size=200).map(str.encode))
def test_any_query_is_refused(raw: bytes) -> None:
    for each in (raw, b"SAMLRequest=" + raw, b"SAMLRequest=" + raw + b"&Signature=" + raw + b"&SigAlg=" + raw):
        with pytest.raises(Unacceptable):
            redirected(each)


@settings(max_examples=100, deadline=None)
@given(CHANGES)
def test_damaged_metadata_is_read_or_refused(places: list[tuple[float, float, str]]) -> None:
    with suppress(UsageError):
        registration(changed(FULL, places).encode())
