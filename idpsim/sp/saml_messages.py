"""What the service provider sends over SAML, made by pysaml2: AuthnRequests, logout messages and its metadata."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from . import xml_security
from .saml_keys import Pair
from .trust import Endpoints

_client: Any = xml_security.saml2("client")
_config: Any = xml_security.saml2("config")
_md: Any = xml_security.saml2("md")
_s_utils: Any = xml_security.saml2("s_utils")
_saml: Any = xml_security.saml2("saml")
_samlp: Any = xml_security.saml2("samlp")
_sigver: Any = xml_security.saml2("sigver")
_time_util: Any = xml_security.saml2("time_util")
_xmldsig: Any = xml_security.saml2("xmldsig")
_HTTP = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-"
_PREFIXES = {"md": _md.NAMESPACE, "ds": _xmldsig.NAMESPACE}


@dataclass(frozen=True, slots=True)
class Sending:
    """A message on its way through the browser: a URL to go to, or a form to post there."""

    id: str
    url: str
    fields: dict[str, str] | None = None


class SamlMessages:
    """pysaml2's client for the entity of one set of endpoints, with a key of ours."""

    def __init__(self, endpoints: Endpoints, pair: Pair) -> None:
        self._endpoints = endpoints
        self._pair = pair
        self._client = _client.Saml2Client(_configuration(endpoints))
        self._client.sec.sec_backend = _sigver.RSACrypto(pair.key)

    def metadata(self) -> bytes:
        """The metadata of this service provider."""
        described = _md.EntityDescriptor(entity_id=self._endpoints.entity_id, spsso_descriptor=self._role())
        return b"<?xml version='1.0' encoding='UTF-8'?>\n" + bytes(described.to_string(_PREFIXES)).split(b"?>\n", 1)[-1]

    def ask(self, addresses: dict[str, str], relay_state: str, *, sign: bool, by: str, force: bool) -> Sending:
        """An AuthnRequest over `Redirect` or `POST` (which is never signed)."""
        more = {"force_authn": "true"} if force else {}
        id, request = self._client.create_authn_request(addresses[by], sign=False, **more)
        return self._sent(id, request, addresses[by], relay_state, by=by, sign=sign)

    def end(self, address: str, issuer: str, name_id: str, format: str, index: str) -> Sending:
        """A signed LogoutRequest over Redirect."""
        named = _saml.NameID(text=name_id, format=format or None)
        id, request = self._client.create_logout_request(
            address, issuer, name_id=named, session_indexes=[index] if index else None, sign=False
        )
        return self._sent(id, request, address, "", by="Redirect", sign=True)

    def ended(self, address: str, in_response_to: str, relay_state: str) -> Sending:
        """A signed LogoutResponse over Redirect that says that the session has ended."""
        response = _samlp.LogoutResponse(
            id=_s_utils.sid(),
            version="2.0",
            issue_instant=_time_util.instant(),
            issuer=_saml.Issuer(text=self._endpoints.entity_id),
            status=_s_utils.success_status_factory(),
            in_response_to=in_response_to,
            destination=address,
        )
        return self._sent(response.id, response, address, relay_state, by="Redirect", sign=True, response=True)

    def _sent(
        self, id: str, message: Any, address: str, relay_state: str, *, by: str, sign: bool, response: bool = False
    ) -> Sending:
        if by == "POST":
            encoded = b64encode(str(message).encode()).decode()
            fields = {"SAMLResponse" if response else "SAMLRequest": encoded}
            return Sending(id, address, {**fields, "RelayState": relay_state} if relay_state else fields)
        algorithm = _xmldsig.SIG_RSA_SHA256
        packed = self._client.apply_binding(
            f"{_HTTP}{by}", str(message), address, relay_state, response=response, sign=sign, sigalg=algorithm
        )
        return Sending(id, dict(packed["headers"])["Location"])

    def _role(self) -> Any:
        endpoints = self._endpoints
        return _md.SPSSODescriptor(
            protocol_support_enumeration="urn:oasis:names:tc:SAML:2.0:protocol",
            authn_requests_signed="false",
            want_assertions_signed="true",
            key_descriptor=[self._key(use) for use in ("signing", "encryption")],
            single_logout_service=[
                _md.SingleLogoutService(binding=f"{_HTTP}{by}", location=endpoints.slo) for by in ("Redirect", "POST")
            ],
            assertion_consumer_service=[
                _md.AssertionConsumerService(
                    binding=f"{_HTTP}POST", location=endpoints.acs, index="0", is_default="true"
                )
            ],
        )

    def _key(self, use: str) -> Any:
        certificate = _xmldsig.X509Certificate(text=b64encode(self._pair.der).decode())
        info = _xmldsig.KeyInfo(x509_data=[_xmldsig.X509Data(x509_certificate=[certificate])])
        return _md.KeyDescriptor(use=use, key_info=info)


def _configuration(endpoints: Endpoints) -> Any:
    acs = [(endpoints.acs, f"{_HTTP}POST")]
    slo = [(endpoints.slo, f"{_HTTP}Redirect"), (endpoints.slo, f"{_HTTP}POST")]
    return _config.SPConfig().load(
        {
            "entityid": endpoints.entity_id,
            "crypto_backend": "XMLSecurity",
            "service": {"sp": {"endpoints": {"assertion_consumer_service": acs, "single_logout_service": slo}}},
        }
    )
