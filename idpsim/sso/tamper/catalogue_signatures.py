"""Falsified signatures of a SAML Response, and contents wrapped around right ones."""

from __future__ import annotations

from idpsim.signon import Must
from idpsim.sso.tamper.catalogue import Entry
from idpsim.sso.tamper.catalogue_values import CORE, OWASP

USENIX = "https://www.usenix.org/conference/usenixsecurity12/technical-sessions/presentation/somorovsky"
FRAGILE = "https://portswigger.net/research/the-fragile-lock"
DSIG = "https://www.w3.org/TR/xmldsig-core1/"
_KEYS = "https://docs.oasis-open.org/security/saml/Post2.0/sstc-metadata-iop.html"


def cve(number: str) -> str:
    """Where the National Vulnerability Database describes it."""
    return f"https://nvd.nist.gov/vuln/detail/CVE-{number}"


def _signature(name: str, must: Must, does: str, why: str, source: str) -> Entry:
    return Entry(name, "saml", "signature", does, must, why, source)


def _wrapping(name: str, does: str, why: str, source: str, must: Must = "not-victim") -> Entry:
    return Entry(name, "saml", "wrapping", does, must, why, source)


_ANYBODY = "Whoever can reach the service provider signs in as anybody"

_SIGNATURES = (
    _signature("unsigned", "refuse", "The victim's Response without a signature.", f"{_ANYBODY}.", OWASP),
    _signature(
        "stripped_assertion",
        "refuse",
        "The assertion names the victim and has lost its signature; that of the Response, if any, is left.",
        f"{_ANYBODY} where a signature is only looked at when there is one.",
        OWASP,
    ),
    _signature(
        "stripped_response",
        "not-victim",
        "The Response has lost its signature; where the assertion has none of its own, it names the victim.",
        "A signed assertion is enough; without one nothing is, and anybody signs in as anybody.",
        OWASP,
    ),
    _signature(
        "wrong_key",
        "refuse",
        "The victim's Response, signed with a key that nobody trusts; its certificate is enclosed.",
        f"{_ANYBODY} where the enclosed certificate is trusted because it fits.",
        OWASP,
    ),
    _signature(
        "wrong_key_right_cert",
        "refuse",
        "The victim's Response, signed with a key that nobody trusts; the right certificate is enclosed.",
        f"{_ANYBODY} where the certificate is compared and the signature not computed.",
        OWASP,
    ),
    _signature(
        "self_made_cert_in_keyinfo",
        "refuse",
        "The victim's Response, signed with a key whose certificate has the right subject, issuer and serial.",
        f"{_ANYBODY} where a certificate is known by its name.",
        OWASP,
    ),
    _signature(
        "no_keyinfo",
        "either",
        "Signed with the right key, and no certificate is enclosed.",
        "KeyInfo may be absent (core 5.4.5); who compares fingerprints only cannot do without.",
        CORE,
    ),
    _signature(
        "expired_cert",
        "either",
        "Signed with the right key; the certificate that is enclosed has expired.",
        "The key counts, not the dates of its certificate; to be stricter is allowed.",
        _KEYS,
    ),
    _signature(
        "next_cert",
        "either",
        "Signed with the next certificate's key, before the administrator has said so.",
        "Right to accept for one who has read metadata with both, right to refuse for one who was given the first.",
        _KEYS,
    ),
    _signature(
        "sha1",
        "either",
        "Signed with RSA-SHA1, digested with SHA-1.",
        "Collisions can be bought; yet it is SAML 2.0's own algorithm, and older connectors still use it.",
        "https://nvlpubs.nist.gov/nistpubs/SpecialPublications/NIST.SP.800-131Ar2.pdf",
    ),
    _signature(
        "md5",
        "refuse",
        "Signed with RSA-MD5, digested with MD5.",
        "Collisions are free, so that two documents share one signature: MD5 must not sign any more (RFC 6151).",
        "https://datatracker.ietf.org/doc/html/rfc6151#section-2",
    ),
    _signature(
        "hmac_sha256_with_public_cert",
        "refuse",
        "The victim's Response with an HMAC whose key is the public certificate.",
        f"{_ANYBODY}: the key that proves it is public.",
        OWASP,
    ),
    _signature(
        "tampered", "refuse", "After signing, all that names the person names the victim.", f"{_ANYBODY}.", OWASP
    ),
    _signature(
        "reference_empty_uri",
        "not-victim",
        "The right key signs the whole document, with an empty Reference URI.",
        "What is signed is not named, only assumed; SAML demands the ID (core 5.4.2).",
        CORE,
    ),
    _signature(
        "duplicate_id",
        "not-victim",
        "The victim's assertion comes first and has the ID of the signed one.",
        "The signature is checked over one of the two, and the other is read.",
        cve("2024-45409"),
    ),
    _signature(
        "digest_in_status_detail",
        "refuse",
        "The assertion names the victim, and its digest stands in StatusDetail, where it is not signed.",
        f"{_ANYBODY} where the digest is looked for anywhere in the document.",
        cve("2024-45409"),
    ),
    _signature(
        "digest_in_comment",
        "refuse",
        "The signed content names the victim, and its digest is a comment before the right digest.",
        f"{_ANYBODY} where the first text in DigestValue is taken: comments are not signed.",
        cve("2025-29775"),
    ),
    _signature(
        "two_signedinfo",
        "not-victim",
        "The victim's assertion in place of the signed one, which is kept aside; a second SignedInfo refers to it.",
        f"{_ANYBODY} where one SignedInfo is verified and the references of the other are followed.",
        cve("2025-29774"),
    ),
    _signature(
        "xslt_transform",
        "refuse",
        "The right key has signed what an XSLT transform leaves of the content: nothing; it names the victim.",
        "A signature that covers nothing fits every document, and foreign XSLT runs on the server (core 5.4.4).",
        CORE,
    ),
    _signature(
        "ds_object",
        "not-victim",
        "The victim's assertion is in an Object within the signature, which the signature leaves out.",
        "The signature stays right, and the first assertion of the document is the victim's.",
        USENIX,
    ),
)

_READ = "The signature is right for the original, and the forged copy is read"
_XSW = (
    ("xsw1", "The victim's Response; the signed one is inside its signature."),
    ("xsw2", "The victim's Response; the signed one stands before its signature."),
    ("xsw3", "The victim's assertion stands before the signed one."),
    ("xsw4", "The victim's assertion contains the signed one."),
    ("xsw5", "The victim's assertion carries the signature; the signed one stands at the end."),
    ("xsw6", "The victim's assertion carries the signature, and in it the signed one."),
    ("xsw7", "The victim's assertion, with the same ID, is in an Extensions element before the signed one."),
    ("xsw8", "The victim's assertion, with the same ID, carries the signature, and in it the signed one in an Object."),
)
_DIFFER = "Two parsers see two documents: one verifies, the other reads"

_WRAPPING = (
    *(_wrapping(name, does, f"{_READ}: anybody is anybody.", USENIX) for name, does in _XSW),
    _wrapping(
        "two_assertions",
        "The victim's unsigned assertion stands after the signed one.",
        "One assertion is verified, and the last one read, or both.",
        cve("2025-54419"),
    ),
    _wrapping(
        "encrypted_wrapping",
        "The victim's unsigned assertion, encrypted for the service provider, stands before the signed one.",
        "Encrypting needs only the public certificate: what can be decrypted is taken for genuine.",
        USENIX,
    ),
    _wrapping(
        "parser_differential_doctype",
        "A DOCTYPE holds a notation with quotes that parsers end differently; behind it the victim's Response.",
        f"{_DIFFER}.",
        cve("2025-25291"),
    ),
    _wrapping(
        "parser_differential_namespace",
        "Two signatures, the forged one in a namespace that only some resolve to that of signatures.",
        f"{_DIFFER}.",
        cve("2025-25292"),
        "refuse",
    ),
    _wrapping(
        "attribute_pollution",
        "The victim's Response has an ID of its own, and in a namespace that of the signed element.",
        "An attribute looked up by its local name gives the one or the other.",
        FRAGILE,
    ),
    _wrapping(
        "namespace_confusion",
        "The forged signature's namespace is set by an attribute default of the DOCTYPE.",
        f"{_DIFFER}.",
        FRAGILE,
        "refuse",
    ),
    _wrapping(
        "void_canonicalization",
        "The victim's Response with a relative namespace; digest and signature are those of nothing.",
        "Where canonicalization fails, some hash the empty string, and such a signature fits any document.",
        FRAGILE,
        "refuse",
    ),
)

ENTRIES: tuple[Entry, ...] = (*_SIGNATURES, *_WRAPPING)
