"""What a signature costs before it is known to hold."""

from __future__ import annotations

import time

from idpsim.saml.verification import verify
from tests.sso.front import signing
from tests.sso.saml.asking import authn, enveloped


def test_a_signature_that_holds_is_verified() -> None:
    assert verify(enveloped(authn(), signing("sp")).encode(), [signing("sp").der]) is not None


def test_an_element_with_very_many_attributes_is_not_canonicalized() -> None:
    many = "".join(f' a{number}="1"' for number in range(30_000))
    document = enveloped(authn(), signing("sp")).replace("</samlp:AuthnRequest>", f"<a{many}/></samlp:AuthnRequest>")
    began = time.process_time()

    verified = verify(document.encode(), [signing("sp").der])

    assert verified is None
    assert time.process_time() - began < 0.5
