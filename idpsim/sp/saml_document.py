"""Which assertion of a Response is the signed one: the signature decides what is read, not the place of an element."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from . import xml_security
from .problem import Denied
from .saml_said import SAML, SAMLP
from .switches import Switches

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from lxml.etree import _Element

_MOST = 8
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


class Document:
    """A Response as it came; `certificates` (DER) are the identity provider's, `key` decrypts."""

    def __init__(self, root: _Element, certificates: Sequence[bytes], key: RSAPrivateKey, switches: Switches) -> None:
        self._root = root
        self._key = key
        self._switches = switches
        self._certificates = tuple(certificates)
        if switches.sso_trusts_any_key:
            self._certificates = (*xml_security.carried(root), *self._certificates)[:8]

    def assertion(self) -> _Element:
        """The assertion that the identity provider has signed; Denied 403 where there is no such one."""
        if self._switches.sso_ignores_signature or self._switches.sso_first_assertion:
            return self._first()
        ids = [each.get("ID") for each in self._root.iter() if isinstance(each.tag, str) and each.get("ID")]
        if len(set(ids)) != len(ids):
            raise Denied(403, "Two elements of the Response have the same ID.")
        covered = self._verified(self._root)
        assertion = _only_assertion(self._root)
        if assertion.tag != f"{SAML}Assertion":
            assertion = self._decrypted(_only_assertion(self._root if covered is None else covered))
        own = self._verified(assertion)
        if own is None and covered is None:
            raise Denied(403, "Neither the Response nor the assertion is signed.")
        return self._readable(assertion, own, covered)

    def _readable(self, assertion: _Element, own: _Element | None, covered: _Element | None) -> _Element:
        """The assertion out of what the signature covers, not out of the document that brought it."""
        if self._switches.sso_truncates_at_comment:
            return assertion
        inside = None if covered is None else covered.find(f"{SAML}Assertion")
        return own if own is not None else assertion if inside is None else inside

    def _verified(self, element: _Element) -> _Element | None:
        """What a signature of this element covers, None where it carries none; Denied 403 where it does not hold."""
        signatures = element.findall(_SIGNATURE)
        if not signatures:
            return None
        bare = xml_security.alone(element) if self._switches.sso_truncates_at_comment else element
        verified = self._signed(bare) if len(signatures) == 1 else None
        if verified is None or verified.tag != element.tag:
            raise Denied(403, "A signature does not hold.")
        return verified

    def _signed(self, element: _Element) -> _Element | None:
        return xml_security.verified(element, self._certificates, sha1=self._switches.sso_sha1)

    def _decrypted(self, element: _Element) -> _Element:
        if element.tag != f"{SAML}EncryptedAssertion":
            return element
        try:
            assertion = xml_security.decrypted(element, self._key)
        except ValueError as error:
            raise Denied(403, "The assertion cannot be decrypted.") from error
        if assertion.tag != f"{SAML}Assertion":
            raise Denied(403, "What is encrypted is no assertion.")
        return assertion

    def _first(self) -> _Element:
        """The mistakes: the first assertion, though no signature holds or one of some other element."""
        if not self._switches.sso_ignores_signature and not any(self._some_hold()):
            raise Denied(403, "No signature holds.")
        for each in self._root.iter(f"{SAML}Assertion", f"{SAML}EncryptedAssertion"):
            if next(each.iterancestors(_SIGNATURE), None) is None:
                return self._decrypted(each)
        raise Denied(403, "The Response holds no assertion.")

    def _some_hold(self) -> Iterator[bool]:
        """Whether each signature holds for the element that it names, wherever either of the two is."""
        inner = [self._decrypted(each) for each in list(self._root.iter(f"{SAML}EncryptedAssertion"))[:_MOST]]
        for tree in (self._root, *inner):
            for signature in list(tree.iter(_SIGNATURE))[:_MOST]:
                for named in _named(tree, signature):
                    yield self._signed(xml_security.signed_by(named, signature)) is not None


def _only_assertion(root: _Element) -> _Element:
    """The one assertion, encrypted or not, directly below the Response; Denied 403 where there are more or fewer."""
    inside = list(root.iter(f"{SAML}Assertion", f"{SAML}EncryptedAssertion"))
    if len(inside) != 1 or inside[0].getparent() is not root:
        raise Denied(403, "The Response holds no assertion, or several.")
    return inside[0]


def _named(root: _Element, signature: _Element) -> list[_Element]:
    """The protocol elements that the signature's reference names."""
    reference = signature.find(".//{*}Reference")
    wanted = "" if reference is None else reference.get("URI", "").removeprefix("#")
    found = [each for each in root.iter(f"{SAMLP}Response", f"{SAML}Assertion") if wanted and each.get("ID") == wanted]
    return found[:_MOST]
