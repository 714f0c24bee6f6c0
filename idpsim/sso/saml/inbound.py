"""AuthnRequests and LogoutRequests as values: parsed and checked by pysaml2, after what it does not check."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from idpsim.saml.crypto import redirect_verified, security, sigver
from idpsim.saml.lazy_schema import saml2
from idpsim.saml.received import Message, Unacceptable
from idpsim.signon.saml_errors import SamlErrors
from idpsim.sso.app import App
from idpsim.sso.saml.asked import AuthnRequest, LogoutRequest

_request: Any = saml2("request")
_response: Any = saml2("response")
_samlp: Any = saml2("samlp")
_BINDINGS = {"redirect": _request.BINDING_HTTP_REDIRECT, "post": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"}


@dataclass(frozen=True, slots=True)
class LogoutResponse:
    """A service provider's answer to our LogoutRequest `in_response_to`."""

    id: str
    issuer: str
    in_response_to: str
    success: bool


def authn_request(
    app: App, message: Message, now: float, errors: SamlErrors, addresses: Collection[str] = ()
) -> AuthnRequest:
    """The AuthnRequest of this message; `addresses` are our own, one of which its Destination has to be.

    Unacceptable where it is not acted on; what the vendor overlooks is no reason.
    """
    given, signed = _checked(app, message, errors, "AuthnRequest", app.sign_on.saml.requires_signed(app))
    _in_time_and_place(given, message, now, errors, addresses)
    policy, context = given.name_id_policy, given.requested_authn_context
    return AuthnRequest(
        id=given.id,
        issuer=message.issuer,
        issued=_seconds(given.issue_instant),
        acs_url=given.assertion_consumer_service_url,
        acs_index=_index(given.assertion_consumer_service_index),
        protocol_binding=given.protocol_binding,
        destination=given.destination,
        force_authn=_true(given.force_authn),
        is_passive=_true(given.is_passive),
        name_id_format=policy.format if policy is not None else None,
        allow_create=policy is not None and _true(policy.allow_create),
        sp_name_qualifier=policy.sp_name_qualifier if policy is not None else None,
        authn_contexts=_texts(context.authn_context_class_ref) if context is not None else (),
        comparison=(context.comparison if context is not None else None) or "exact",
        has_subject=given.subject is not None,
        has_conditions=given.conditions is not None,
        scoping=_scoping(given.scoping),
        signed=signed,
        binding=message.binding,
        relay_state=message.relay_state,
    )


def logout_request(
    app: App, message: Message, now: float, errors: SamlErrors, addresses: Collection[str] = ()
) -> LogoutRequest:
    """The LogoutRequest of this message, as `authn_request` does."""
    given, signed = _checked(app, message, errors, "LogoutRequest", app.sign_on.saml.logout_must_be_signed)
    _in_time_and_place(given, message, now, errors, addresses)
    ends = _seconds(given.not_on_or_after) if given.not_on_or_after else None
    if ends is not None and ends <= now:
        raise Unacceptable("expired", "the LogoutRequest has expired", given.not_on_or_after, message.issuer)
    return LogoutRequest(
        id=given.id,
        issuer=message.issuer,
        issued=_seconds(given.issue_instant),
        name_id=(given.name_id.text or "").strip() if given.name_id is not None else "",
        name_id_format=given.name_id.format if given.name_id is not None else None,
        session_indexes=_texts(given.session_index),
        destination=given.destination,
        not_on_or_after=ends,
        signed=signed,
        binding=message.binding,
        relay_state=message.relay_state,
    )


def logout_response(app: App, message: Message, errors: SamlErrors) -> LogoutResponse:
    """The LogoutResponse of this message; Unacceptable where it is not acted on."""
    given, _ = _checked(app, message, errors, "LogoutResponse", False)
    code = given.status.status_code.value if given.status is not None and given.status.status_code is not None else ""
    return LogoutResponse(given.id, message.issuer, given.in_response_to or "", code == _samlp.STATUS_SUCCESS)


def _checked(app: App, message: Message, errors: SamlErrors, name: str, required: bool) -> tuple[Any, bool]:
    """pysaml2's object for a message with this root, and whether it is signed by the registered service provider."""
    if message.name != name:
        raise Unacceptable("malformed", f"this is no {name}", message.name[:80], message.issuer)
    known = app.registration.entity_id
    if known is not None and message.issuer != known and "unknown-issuer" not in errors.overlooked:
        detail = f"the Issuer is {message.issuer}, the app's service provider is {known}"
        raise Unacceptable("unknown-issuer", detail, message.issuer, message.issuer)
    given = _parsed(message, name, app.registration.signing_certificates)
    if given.version != "2.0":
        raise Unacceptable("wrong-version", "Version is not 2.0", str(given.version)[:20], message.issuer)
    if not re.fullmatch(errors.ids, given.id or ""):
        raise Unacceptable("bad-id", "the ID is empty, or not one", str(given.id)[:80], message.issuer)
    signed = _signed(message, given, app.registration.signing_certificates)
    if required and not signed:
        raise Unacceptable("unsigned", f"the {name} is not signed, or no certificate is known", "", message.issuer)
    return given, signed


def _parsed(message: Message, name: str, certificates: tuple[bytes, ...]) -> Any:
    """pysaml2's object; its enveloped signature, if there is one, verified where certificates are known."""
    parse = getattr(
        _samlp,
        {"AuthnRequest": "authn_request", "LogoutRequest": "logout_request"}.get(name, "logout_response")
        + "_from_string",
    )
    kind = _request.LogoutRequest if name == "LogoutRequest" else _request.AuthnRequest
    request = kind(security(certificates), [], [])
    if name == "LogoutResponse":
        request.signature_check = request.sec.correctly_signed_logout_response
    if not certificates:
        request.signature_check = lambda xml, **_: parse(xml)
    try:
        request.loads(message.xml, _BINDINGS[message.binding], must=False)
    except Exception as error:  # whatever pysaml2 trips over in a stranger's message
        signature = isinstance(error.__cause__, (sigver.SigverError, sigver.CertificateError))
        if signature:
            raise Unacceptable("bad-signature", "the signature does not verify", "", message.issuer) from error
        raise Unacceptable("malformed", f"this is no valid {name}", "", message.issuer) from error
    return request.message


def _signed(message: Message, given: Any, certificates: tuple[bytes, ...]) -> bool:
    """Whether the message carries a signature that verifies; where none of the app's is known, none does."""
    if not certificates:
        return False
    if message.binding == "post":
        return given.signature is not None
    if message.signature is None:
        return False
    if not redirect_verified(message.signed, message.algorithm or "", message.signature, certificates):
        raise Unacceptable("bad-signature", "the signature does not verify", message.algorithm or "", message.issuer)
    return True


def _in_time_and_place(
    given: Any, message: Message, now: float, errors: SamlErrors, addresses: Collection[str]
) -> None:
    there = given.destination
    if there and addresses and there not in addresses and "wrong-destination" not in errors.overlooked:
        raise Unacceptable("wrong-destination", "the Destination is not this address", there, message.issuer)
    issued = _seconds(given.issue_instant)
    if errors.lifetime is not None and abs(now - issued) > errors.lifetime:
        raise Unacceptable(
            "expired", "the IssueInstant is too long ago, or to come", given.issue_instant, message.issuer
        )


def _seconds(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, AttributeError) as error:
        raise Unacceptable("malformed", "a time is not one", str(text)[:40]) from error


def _index(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise Unacceptable("malformed", "AssertionConsumerServiceIndex is no index", text[:40])
    return int(text)


def _scoping(scoping: Any) -> tuple[str, ...]:
    if scoping is None:
        return ()
    held = {"ProxyCount": scoping.proxy_count, "IDPList": scoping.idp_list, "RequesterID": scoping.requester_id}
    return tuple(name for name, value in held.items() if value)


def _true(text: str | None) -> bool:
    return text in ("true", "1")


def _texts(elements: Any) -> tuple[str, ...]:
    return tuple(text.strip() for each in elements if (text := each.text))
