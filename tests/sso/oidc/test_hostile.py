"""Whatever a stranger sends: an answer that is no crash, and a redirect to nowhere but a registered address."""

from __future__ import annotations

import base64
import random

import pytest

from idpsim.sso.oidc.signing import sign, verified
from tests.sso.front import signing
from tests.sso.oidc.flows import CALLBACK, CLIENT, PATHS, VENDORS, basic, flow

pytestmark = pytest.mark.thorough

NAMES = (
    "client_id response_type redirect_uri scope state nonce prompt max_age acr_values claims response_mode "
    "code_challenge code_challenge_method login_hint request grant_type code refresh_token client_secret token "
    "id_token_hint post_logout_redirect_uri code_verifier access_token"
)
VALUES = [
    *(
        "",
        CLIENT,
        CALLBACK,
        "openid",
        "code",
        "id_token token",
        "none",
        "login",
        "{",
        "[]",
        "\x00",
        "\u202e",
        "x" * 500,
    ),
    *("-1", "٣", "1e9", "query", "form_post", "S256", "plain", "v" * 43, "refresh_token", "authorization_code"),
    *("client_credentials", "{0.__class__}", "{name}", "a b c", "https://attacker.test/", "javascript:alert(1)"),
]
HEADERS = [{}, basic(), {"Authorization": "Basic x"}, {"Authorization": "Bearer ÿ"}, {"Origin": "null"}]


@pytest.mark.parametrize("vendor", VENDORS)
def test_random_requests_crash_nothing_and_lead_nowhere(vendor: str) -> None:
    found, chance, names = flow(vendor, at=None), random.Random(vendor), NAMES.split()
    for _ in range(400):
        found.front.sign_in(vendor)
        sent = {chance.choice(names): chance.choice(VALUES) for _ in range(chance.randrange(10))}
        if chance.random() < 0.6:
            sent |= {"client_id": CLIENT, "redirect_uri": CALLBACK}
        where = {"query_string": sent} if chance.random() < 0.5 else {"data": sent}
        path, method = chance.choice(list(PATHS[vendor].values())), chance.choice(["GET", "POST", "PUT", "HEAD"])

        answer = found.client.open(path, method=method, headers=chance.choice(HEADERS), **where)

        location = answer.headers.get("Location")
        assert answer.status_code < 500, (path, sent)
        assert location is None or location.startswith(CALLBACK), (path, sent)


HEADS = [
    *(b"{}", b"[]", b"1", b"null", b'{"alg":1}', b'{"alg":["RS256"]}', b'{"alg":"none"}', b'{"alg":"HS256"}', b"\xff"),
    *(b'{"alg":"RS256","crit":["x"]}', b'{"alg":"RS256","b64":false,"crit":["b64"]}', b"[" * 3_000),
    *(b'{"alg":"RS256","kid":1}', b'{"alg":"RS256","jwk":{}}'),
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("tail", ["e30.", "e30.AAAA", "é.é", "..", "e30.=", "!.!", ""])
def test_a_token_of_any_kind_is_either_ours_or_none(head: bytes, tail: str) -> None:
    token = base64.urlsafe_b64encode(head).rstrip(b"=").decode() + "." + tail

    assert verified(token, (signing("oidc"),)) is None


def test_ours_is_ours() -> None:
    assert verified(sign({"alg": "RS256"}, {"a": 1}, signing("oidc")), (signing("oidc"),)) == {"a": 1}
