"""No secret leaves through a Redactor."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idpsim.redact import Redactor

NONE = Redactor()
SECRET = 's3cr/t "töken"+&'


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote_plus(SECRET).lower(),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
    ],
)
def test_a_known_secret_is_found_however_it_is_written(written):
    redactor = Redactor([SECRET])

    assert redactor.text(f"before {written} after") == "before [redacted] after"
    assert redactor.body(f'{{"detail":"{written}"}}'.encode()) == '{"detail":"[redacted]"}'
    assert redactor.url(f"https://sp/x?y={written}") == "https://sp/x?y=[redacted]"


def test_basic_credentials_are_found_whole_and_by_their_password():
    redactor = Redactor(["ada:lovelace"])

    assert redactor.text(b64encode(b"ada:lovelace").decode() + " lovelace ada") == "[redacted] [redacted] ada"


def test_a_secret_within_another_leaves_no_rest():
    assert Redactor(["abcd", "abcdefgh"]).text("abcdefgh abcd") == "[redacted] [redacted]"


def test_a_very_short_secret_does_not_spoil_the_text():
    assert Redactor(["", "a", "abc"]).text("abc and a") == "abc and a"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer abc.def", "Bearer [redacted]"),
        ("authorization", "basic YTpi", "basic [redacted]"),
        ("Authorization", "SSWS 00abc", "SSWS [redacted]"),
        ("Authorization", "bare-token", "[redacted]"),
        ("Authorization", "bare token", "[redacted]"),
        ("Proxy-Authorization", "Basic YTpi", "Basic [redacted]"),
        ("Cookie", "sid=abc; lang=en", "sid=[redacted]; lang=[redacted]"),
        ("Set-Cookie", "sid=abc=; Path=/; HttpOnly", "sid=[redacted]; Path=/; HttpOnly"),
        ("Location", "/cb?id_token=abc&state=1", "/cb?id_token=[redacted]&state=1"),
        ("Content-Type", "application/scim+json", "application/scim+json"),
    ],
)
def test_headers_keep_what_is_no_secret(name, value, shown):
    assert NONE.headers(((name, value),)) == ((name, shown),)


def test_headers_without_secrets_are_the_same_object():
    headers = (("Accept", "*/*"), ("Host", "sp"))

    assert NONE.headers(headers) is headers


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (None, ""),
        (b"", ""),
        (b'{"userName":"ada"}', '{"userName":"ada"}'),
        (b'{"password":"a\\"b","n":1}', '{"password":"[redacted]","n":1}'),
        (b'{ "Password" : "abc" }', '{ "Password" : "[redacted]" }'),
        (b'{"password":12345}', '{"password":"[redacted]"}'),
        (b'{"password":null}', '{"password":null}'),
        (b'{"password":"cut off', '{"password":"[redacted]"'),
        (b'{"pass\\u0077ord":"abc"}', '{"password":"[redacted]"}'),
        (b'{"password":{"value":["abc"]}}', '{"password":{"value":["[redacted]"]}}'),
        (
            b'[{"op":"replace","path":"password","value":"abc"}]',
            '[{"op":"replace","path":"password","value":"[redacted]"}]',
        ),
        (
            b'{"path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"abc"}',
            '{"path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"[redacted]"}',
        ),
        (b'{"path":"title","value":"token"}', '{"path":"title","value":"token"}'),
        (b'{"op":"replace","value":{"password":"abc"}}', '{"op":"replace","value":{"password":"[redacted]"}}'),
        (
            b'{"access_token":"a","id_token":"b","refresh_token":"c","expires_in":3}',
            '{"access_token":"[redacted]","id_token":"[redacted]","refresh_token":"[redacted]","expires_in":3}',
        ),
        (b'{"detail":"{\\"password\\":\\"abc\\"}"}', '{"detail":"{\\"password\\":\\"[redacted]\\"}"}'),
        (b"client_id=x&client_secret=a%20b&code=1", "client_id=x&client_secret=[redacted]&code=1"),
        (b"SAMLResponse=PHNh%2B&RelayState=x", "SAMLResponse=[redacted]&RelayState=x"),
        (
            b'<input type="hidden" name="SAMLResponse" value="PHNh"/>',
            '<input type="hidden" name="SAMLResponse" value="[redacted]"/>',
        ),
        (b"<input value=PHNh name='SAMLResponse'>", "<input value=\"[redacted]\" name='SAMLResponse'>"),
        (
            b'{"name":"password","type":"string","returned":"never"}',
            '{"name":"password","type":"string","returned":"never"}',
        ),
        (b'{"detail":"the password is too short"}', '{"detail":"the password is too short"}'),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_secret_fields_of_a_body_are_redacted(body, shown):
    assert NONE.body(body) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:pw@sp/x", "https://u:[redacted]@sp/x"),
        ("https://sp/x?ACCESS_TOKEN=a&b=c", "https://sp/x?ACCESS_TOKEN=[redacted]&b=c"),
        ("https://sp/x#id_token=a.b.c", "https://sp/x#id_token=[redacted]"),
        ("https://sp/Users?filter=userName+eq+%22a@b%22", "https://sp/Users?filter=userName+eq+%22a@b%22"),
    ],
)
def test_urls_are_redacted(url, shown):
    assert NONE.url(url) == shown


def test_hostile_bodies_take_no_time():
    for body in (
        b'"password":"' * 50_000,
        b"<input name=password value='" * 50_000,
        b"[" * 300_000 + b"token",
        b'{"a":"\\"password\\":\\"' + b"\\" * 300_000,
    ):
        NONE.body(body)


SECRETS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=12, max_size=30).map(
    lambda text: "Zq9" + text
)


@given(SECRETS, st.booleans())
def test_a_password_never_shows(secret, ascii_only):
    for value in (
        {"password": secret},
        {"Operations": [{"op": "add", "value": {"password": secret}}, {"path": "password", "value": secret}]},
        [{"name": {"password": [secret]}}],
    ):
        shown = NONE.body(json.dumps(value, ensure_ascii=ascii_only).encode())

        assert "Zq9" not in shown
        assert json.loads(shown)


@given(SECRETS)
def test_a_known_secret_never_shows(secret):
    redactor = Redactor([secret])

    assert secret not in redactor.text(f"a{secret}b{secret}")
    assert "Zq9" not in redactor.body(json.dumps({"detail": f"bad {secret}!"}).encode())


JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl-_"


@pytest.mark.parametrize(
    "text",
    [f"/logout?hint={JWT}&state=x", f"<p>{JWT}</p>", f'{{"jwt": "{JWT}"}}', f"session={JWT}; Path=/", JWT[:-12]],
)
def test_a_jwt_is_a_secret_wherever_it_stands(text: str) -> None:
    redact = Redactor()

    shown = (redact.text(text), redact.url(text), redact.body(text.encode()), redact.header("X-Any", text))

    assert not any("eyJzdWI" in each for each in shown)


def test_what_only_begins_like_a_jwt_stays() -> None:
    assert Redactor().text("eyJhbGciOiJSUzI1NiJ9 and eyJ.x.y") == "eyJhbGciOiJSUzI1NiJ9 and eyJ.x.y"


XML = '<saml:Assertion xmlns:saml="urn:x" ID="a"><saml:NameID>ada</saml:NameID></saml:Assertion>'


@pytest.mark.parametrize(
    "text",
    [
        f"debug: {b64encode(b'<samlp:Response>' + XML.encode() + b'</samlp:Response>').decode()}",
        f"bad: {quote_plus(b64encode(b'<?xml version=1.0?>' + XML.encode()).decode())}!",
        f"<pre>{XML}</pre>",
        XML.replace("<", "&lt;"),
        XML[:-30],
    ],
)
def test_an_assertion_is_a_secret_wherever_it_stands(text: str) -> None:
    shown = Redactor().body(text.encode())

    assert "NameID" not in shown
    assert b64encode(b"saml:NameID").decode()[:8] not in shown
    assert "[redacted]" in shown


def test_an_authorization_code_is_hidden_where_a_state_is_beside_it() -> None:
    redact = Redactor()

    assert redact.url("https://sp.test/cb?code=abc123&state=x") == "https://sp.test/cb?code=[redacted]&state=x"
    assert redact.body(b"state=x&code=abc123") == "state=x&code=[redacted]"
    assert redact.url("https://sp.test/errors?code=404") == "https://sp.test/errors?code=404"
