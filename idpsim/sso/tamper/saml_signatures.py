"""Falsified signatures: signed by the wrong key or in the wrong way, not at all, or changed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from lxml import etree

from idpsim.sso.keys import Signing
from idpsim.sso.tamper.documents import (
    DS,
    EVIL_ASSERTION,
    SAMLP,
    Element,
    assertion,
    content,
    digest,
    evil_assertion,
    name_the_victim,
    pose,
    refer,
    removed,
    signature,
    signatures,
    signed_again,
    signed_part,
)
from idpsim.sso.tamper.hooks import SamlTamper, Scene
from idpsim.sso.tamper.saml_wrapping import in_object

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

    from idpsim.sso.saml.signature import Signer

_XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
_STYLESHEET = (
    '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">'
    '<xsl:template match="/"><nothing/></xsl:template></xsl:stylesheet>'
)


def made_certificate(like: Signing, key: RSAPrivateKey, *, expired: bool = False) -> Certificate:
    """A certificate with another's subject, issuer and serial over this key; valid now, or until a month ago."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import CertificateBuilder

    ends = datetime.now(UTC) + timedelta(days=-30 if expired else 365)
    built = CertificateBuilder(like.certificate.issuer, like.certificate.subject, key.public_key())
    dated = built.not_valid_before(ends - timedelta(days=730)).not_valid_after(ends)
    return dated.serial_number(like.certificate.serial_number).sign(key, SHA256())


def following(scene: Scene) -> Signing:
    """The key that rollover has made ready, or one made for the occasion: nobody must learn to trust `other`."""
    return scene.next if scene.next is not None else Signing(_spare(), made_certificate(scene.signing, _spare()))


@cache
def _spare() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    return generate_private_key(65537, 2048)


def _posing(signer: Callable[[Signer, Scene], Signer]) -> SamlTamper:
    return SamlTamper(tree=pose, signer=signer)


def _by_other(signer: Signer, scene: Scene) -> Signer:
    return replace(signer, signing=scene.other, certificate=scene.other.der)


def _by_other_as_right(signer: Signer, scene: Scene) -> Signer:
    return replace(signer, signing=scene.other, certificate=scene.signing.der)


def _by_other_with_name(signer: Signer, scene: Scene) -> Signer:
    return replace(signer, signing=scene.other, certificate=_der(made_certificate(scene.signing, scene.other.key)))


def _with_expired(signer: Signer, scene: Scene) -> Signer:
    return replace(signer, certificate=_der(made_certificate(scene.signing, scene.signing.key, expired=True)))


def _by_next(signer: Signer, scene: Scene) -> Signer:
    coming = following(scene)
    return replace(signer, signing=coming, certificate=coming.der)


def _der(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def _stripped_assertion(response: Element, scene: Scene) -> None:
    name_the_victim(response, scene)
    removed(signature(assertion(response)))


def _stripped_response(response: Element, scene: Scene) -> None:
    removed(signature(response))
    if signature(assertion(response)) is None:
        name_the_victim(response, scene)


def _reference_empty_uri(response: Element, scene: Scene) -> None:
    kept = next(signatures(response), None)
    if kept is None:
        return
    for each in tuple(signatures(response)):
        removed(each)
    response.insert(1, kept)
    refer(kept, digest(kept, content(kept)), uri="")
    signed_again(kept, scene)


def _digest_in_status_detail(response: Element, scene: Scene) -> None:
    part = signed_part(response)
    name_the_victim(response, scene)
    kept, status = signature(part), response.find(f"{{{SAMLP}}}Status")
    if kept is None or status is None:
        return
    value = digest(kept, content(kept))
    detail = etree.SubElement(status, f"{{{SAMLP}}}StatusDetail", nsmap={response.prefix: SAMLP})
    etree.SubElement(detail, f"{{{DS}}}DigestValue", nsmap={"ds": DS}).text = value


def _digest_in_comment(response: Element, scene: Scene) -> None:
    name_the_victim(response, scene)
    for each in signatures(response):
        held = each.find(f".//{{{DS}}}DigestValue")
        if held is not None:
            comment = etree.Comment(digest(each, content(each)))
            comment.tail, held.text = held.text, None
            held.append(comment)


def _two_signedinfo(response: Element, scene: Scene) -> None:
    """The true SignedInfo still fits the true assertion, which is put away in an Object; the second fits the other."""
    signed_part(response)
    legit = assertion(response)
    kept = signature(legit)
    if kept is None:
        name_the_victim(response, scene)
        return
    evil = evil_assertion(scene, EVIL_ASSERTION)
    response.replace(legit, evil)
    evil.insert(1, kept)
    info = kept.find(f"{{{DS}}}SignedInfo")
    assert info is not None
    second = deepcopy(info)
    refer(second, digest(kept, content(kept)), uri=f"#{EVIL_ASSERTION}")
    info.addnext(second)
    in_object(kept, legit)


def _xslt_transform(response: Element, scene: Scene) -> None:
    name_the_victim(response, scene)
    for each in signatures(response):
        transforms = each.find(f".//{{{DS}}}Transforms")
        if transforms is None:
            continue
        transform = etree.Element(f"{{{DS}}}Transform", Algorithm=_XSLT, nsmap={each.prefix: DS})
        transform.append(etree.fromstring(_STYLESHEET))
        transforms.insert(1, transform)
        refer(each, digest(each, b"<nothing></nothing>"))
        signed_again(each, scene)


TAMPERS: Mapping[str, SamlTamper] = MappingProxyType(
    {
        "unsigned": SamlTamper(signed=pose),
        "stripped_assertion": SamlTamper(signed=_stripped_assertion),
        "stripped_response": SamlTamper(signed=_stripped_response),
        "wrong_key": _posing(_by_other),
        "wrong_key_right_cert": _posing(_by_other_as_right),
        "self_made_cert_in_keyinfo": _posing(_by_other_with_name),
        "no_keyinfo": SamlTamper(signer=lambda signer, _: replace(signer, certificate=None)),
        "expired_cert": SamlTamper(signer=_with_expired),
        "next_cert": SamlTamper(signer=_by_next),
        "sha1": SamlTamper(signer=lambda signer, _: replace(signer, digest="sha1", signature="rsa-sha1")),
        "md5": SamlTamper(signer=lambda signer, _: replace(signer, digest="md5", signature="rsa-md5")),
        "hmac_sha256_with_public_cert": _posing(lambda signer, _: replace(signer, signature="hmac-sha256")),
        "tampered": SamlTamper(signed=name_the_victim),
        "reference_empty_uri": SamlTamper(signed=_reference_empty_uri),
        "digest_in_status_detail": SamlTamper(signed=_digest_in_status_detail),
        "digest_in_comment": SamlTamper(signed=_digest_in_comment),
        "two_signedinfo": SamlTamper(signed=_two_signedinfo),
        "xslt_transform": SamlTamper(signed=_xslt_transform),
    }
)
