"""Falsified id_tokens: who has signed them, and what they say."""

from __future__ import annotations

from idpsim.signon import Must
from idpsim.sso.tamper.catalogue import Entry

CORE = "https://openid.net/specs/openid-connect-core-1_0.html#"
ROTATION = f"{CORE}RotateSigKeys"
SIGNATURES = f"{CORE}Signing"
_VALIDATION = f"{CORE}IDTokenValidation"
_ID_TOKEN = f"{CORE}IDToken"
_CODE_ID_TOKEN = f"{CORE}CodeIDToken"
_AT_HASH = f"{CORE}CodeFlowTokenValidation"
_ANYBODY = "Whoever can bring a token to the service provider signs in as anybody."


def rfc(number: int, section: str) -> str:
    """A section of an RFC."""
    return f"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"


def _token(name: str, must: Must, does: str, why: str, source: str, needs: str = "") -> Entry:
    return Entry(name, "oidc", "id_token", does, must, why, source, needs=needs)


_SIGNATURES = (
    _token(
        "alg_none", "refuse", "The victim's id_token says alg none and has no signature.", _ANYBODY, rfc(8725, "3.2")
    ),
    _token(
        "alg_none_mixed_case",
        "refuse",
        "The victim's id_token says alg nOnE, which a check for none in lower case misses.",
        _ANYBODY,
        rfc(8725, "3.2"),
    ),
    _token(
        "id_token_stripped",
        "refuse",
        "The victim's id_token says RS256 and has an empty signature.",
        _ANYBODY,
        rfc(8725, "3.3"),
    ),
    _token(
        "hs256_with_public_key",
        "refuse",
        "The victim's id_token has a MAC whose secret is the published key.",
        "The algorithm is the token's own choice then, and its secret is public.",
        rfc(8725, "2.1"),
    ),
    _token(
        "id_token_wrong_key",
        "refuse",
        "Another key has signed the victim's id_token; the header names the right one.",
        _ANYBODY,
        _VALIDATION,
    ),
    _token(
        "id_token_tampered",
        "refuse",
        "The claims were exchanged for the victim's after signing.",
        _ANYBODY,
        _VALIDATION,
    ),
    _token(
        "unknown_kid",
        "refuse",
        "The header names a key that is not published, and another key has signed for the victim.",
        "A key that is not found must not mean that nothing is checked.",
        SIGNATURES,
    ),
    _token(
        "missing_kid",
        "either",
        "The right key has signed, and the header does not name it.",
        "Where several keys are published a kid must be there; to try them all is as safe.",
        SIGNATURES,
    ),
    _token(
        "key_unpublished",
        "refuse",
        "A new key has signed, named by its own kid, before it is published.",
        "A key that the provider does not publish is anybody's.",
        ROTATION,
    ),
    _token(
        "key_rotated",
        "accept",
        "The other published key has signed.",
        "Providers change keys without notice: who knows only the first one locks everybody out.",
        ROTATION,
    ),
    _token(
        "embedded_jwk",
        "refuse",
        "The header brings the key that has signed for the victim.",
        "A key from the token itself proves nothing.",
        rfc(7515, "4.1.3"),
    ),
    _token(
        "embedded_x5c",
        "refuse",
        "The header brings the certificate of the key that has signed for the victim.",
        "A certificate that nobody trusts proves nothing.",
        rfc(7515, "4.1.6"),
    ),
    _token(
        "jku_header",
        "refuse",
        "The header says where the keys are, and a stranger's are there.",
        "The token chooses its own keys, and the service provider fetches what an attacker names.",
        rfc(8725, "3.10"),
    ),
    _token(
        "x5u_header",
        "refuse",
        "The header says where the certificate is, and a stranger's is there.",
        "The token chooses its own key, and the service provider fetches what an attacker names.",
        rfc(8725, "3.10"),
    ),
)

_CLAIMS = (
    _token(
        "wrong_iss",
        "refuse",
        "iss is another provider's.",
        "One provider's subject is taken for another's.",
        _VALIDATION,
    ),
    _token(
        "iss_trailing_slash",
        "refuse",
        "iss has one slash more, or less, at its end.",
        "The issuer must be exactly the configured one: what is nearly the same is somebody else.",
        _VALIDATION,
    ),
    _token(
        "wrong_aud",
        "refuse",
        "aud is another client.",
        "A token that another service provider was given signs its people in here.",
        _VALIDATION,
    ),
    _token("aud_array", "accept", "aud is an array of this one client.", "aud may be an array.", _ID_TOKEN),
    _token(
        "aud_array_extra",
        "refuse",
        "aud names a further client that nobody trusts, azp this one.",
        "The further one can use the token here.",
        _VALIDATION,
    ),
    _token(
        "missing_azp",
        "refuse",
        "aud names a further client that nobody trusts, and azp is not there.",
        "The further one can use the token here.",
        _VALIDATION,
    ),
    _token(
        "wrong_azp",
        "either",
        "aud is this client, and azp another one.",
        "Only who uses azp has to check it.",
        _VALIDATION,
    ),
    _token(
        "oidc_expired",
        "refuse",
        "The id_token has expired a day ago.",
        "A token that leaked is good for ever.",
        _VALIDATION,
    ),
    _token(
        "missing_exp", "refuse", "exp is not there.", "exp is required: without it a token is good for ever.", _ID_TOKEN
    ),
    _token(
        "iat_future",
        "either",
        "The id_token was issued a day from now.",
        "How far iat may be away is the client's own choice.",
        _VALIDATION,
    ),
    _token(
        "nbf_future",
        "refuse",
        "nbf is half an hour from now.",
        "A token must not be used before its time.",
        rfc(7519, "4.1.5"),
    ),
    _token("missing_sub", "refuse", "sub is not there.", "Nobody is named, and somebody is signed in.", _ID_TOKEN),
    _token(
        "wrong_nonce",
        "refuse",
        "nonce is another one than was sent; nothing is changed where none was sent.",
        "A token that was issued for another sign-in is played in.",
        _VALIDATION,
        needs="nonce",
    ),
    _token(
        "missing_nonce",
        "refuse",
        "nonce was sent and is not in the id_token; nothing is changed where none was sent.",
        "A token that was issued for another sign-in is played in.",
        _VALIDATION,
        needs="nonce",
    ),
    _token(
        "bad_at_hash",
        "either",
        "at_hash is that of another access token.",
        "In the code flow the check is optional; it shows a token that was exchanged.",
        _AT_HASH,
    ),
    _token(
        "missing_at_hash", "accept", "at_hash is not there.", "In the code flow at_hash is optional.", _CODE_ID_TOKEN
    ),
    _token(
        "extra_claims",
        "accept",
        "There are claims that nobody knows.",
        "Claims that are not understood must be ignored.",
        _ID_TOKEN,
    ),
    _token(
        "many_groups",
        "accept",
        "The person has 300 groups, said as the vendor says it.",
        "Directories are large: groups then come in another way, and sign-in must not depend on them.",
        _ID_TOKEN,
    ),
)

TOKENS: tuple[Entry, ...] = (*_SIGNATURES, *_CLAIMS)
