"""Falsified values: the facts are changed before the Response is built, so all signatures are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urljoin

from idpsim.sso.saml.facts import Attribute, Confirmation, Facts, Status
from idpsim.sso.tamper.hooks import SamlTamper, Scene

ELSEWHERE = "https://other.attacker.test/saml"
NEVER_SENT = "_a_request_that_was_never_sent"
HOUR, DAY = 3_600, 86_400
_FORMAT = "urn:oasis:names:tc:SAML:{}:nameid-format:{}"
_EMAIL, _PERSISTENT = _FORMAT.format("1.1", "emailAddress"), _FORMAT.format("2.0", "persistent")
_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"
_UNSPECIFIED = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"


def _confirmed(facts: Facts, change: Callable[[Confirmation], Confirmation]) -> Facts:
    return replace(facts, confirmations=tuple(change(each) for each in facts.confirmations))


def _ended(facts: Facts, at: float) -> Facts:
    began = min(facts.not_before if facts.not_before is not None else at, at - HOUR)
    conditions = replace(facts, not_before=began, not_on_or_after=at)
    return _confirmed(conditions, lambda each: replace(each, not_on_or_after=at))


def _ended_ago(seconds: float) -> SamlTamper:
    return SamlTamper(facts=lambda facts, scene: _ended(facts, scene.now - seconds))


def _expired_confirmation(facts: Facts, scene: Scene) -> Facts:
    return _confirmed(facts, lambda each: replace(each, not_on_or_after=scene.now - DAY))


def _not_yet_valid(facts: Facts, scene: Scene) -> Facts:
    return replace(facts, not_before=scene.now + DAY, not_on_or_after=scene.now + DAY + HOUR)


def _delivered(address: Callable[[str], str], *, recipient: bool, destination: bool) -> SamlTamper:
    def changed(facts: Facts, _scene: Scene) -> Facts:
        if destination and facts.destination is not None:
            facts = replace(facts, destination=address(facts.destination))
        if recipient:
            facts = _confirmed(facts, lambda each: replace(each, recipient=address(each.recipient or ELSEWHERE)))
        return facts

    return SamlTamper(facts=changed)


def _in_response_to(request: str | None, *, response: bool, confirmation: bool) -> SamlTamper:
    def changed(facts: Facts, _scene: Scene) -> Facts:
        if response:
            facts = replace(facts, in_response_to=request)
        if confirmation:
            facts = _confirmed(facts, lambda each: replace(each, in_response_to=request))
        return facts

    return SamlTamper(facts=changed)


def _name_id(change: Callable[[str, str | None], tuple[str, str | None]]) -> SamlTamper:
    def changed(facts: Facts, _scene: Scene) -> Facts:
        if facts.name_id is None:
            return facts
        value, name_format = change(facts.name_id.value, facts.name_id.format)
        return replace(facts, name_id=replace(facts.name_id, value=value, format=name_format))

    return SamlTamper(facts=changed)


def _with(change: Callable[[Facts], Facts]) -> SamlTamper:
    return SamlTamper(facts=lambda facts, _scene: change(facts))


def _attributes(change: Callable[[tuple[Attribute, ...]], tuple[Attribute, ...]]) -> SamlTamper:
    """A change of the attributes; where a vendor sends none, of one called `email`."""

    def changed(facts: Facts, _scene: Scene) -> Facts:
        name = facts.name_id.value if facts.name_id else "nobody"
        return replace(facts, attributes=change(facts.attributes or (Attribute("email", (name,)),)))

    return SamlTamper(facts=changed)


def _added(name: str, values: tuple[str, ...]) -> SamlTamper:
    return _attributes(lambda all_: (*all_, replace(all_[0], name=name, values=values)))


def _status(code: str, second: str | None = None) -> SamlTamper:
    status = Status(_STATUS + code, None if second is None else _STATUS + second)
    return _with(lambda facts: replace(facts, status=status))


def _issuer(*, response: bool, assertion: bool) -> SamlTamper:
    def changed(facts: Facts) -> Facts:
        issuer = ELSEWHERE if response else facts.issuer
        return replace(facts, issuer=issuer, assertion_issuer=ELSEWHERE if assertion else facts.assertion_issuer)

    return _with(changed)


_STATUSES: Mapping[str, SamlTamper] = {
    "status_requester": _status("Requester"),
    "status_responder": _status("Responder"),
    "status_version_mismatch": _status("VersionMismatch"),
    "status_authn_failed": _status("Responder", "AuthnFailed"),
    "status_no_passive": _status("Responder", "NoPassive"),
    "status_no_authn_context": _status("Responder", "NoAuthnContext"),
    "status_invalid_nameid_policy": _status("Requester", "InvalidNameIDPolicy"),
    "status_request_denied": _status("Responder", "RequestDenied"),
    "status_request_unsupported": _status("Requester", "RequestUnsupported"),
    "status_unknown_principal": _status("Responder", "UnknownPrincipal"),
    "status_partial_logout": _status("Responder", "PartialLogout"),
}

_ATTRIBUTES: Mapping[str, SamlTamper] = {
    "dup_attribute": _attributes(lambda all_: (all_[0], *all_)),
    "multi_value": _attributes(lambda all_: (replace(all_[0], values=(*all_[0].values, "second")), *all_[1:])),
    "attribute_case": _attributes(lambda all_: tuple(replace(each, name=each.name.upper()) for each in all_)),
    "huge_attribute": _added("huge", ("x" * 2_000_000,)),
    "huge_group_list": _added("groups", tuple(f"group-{place}" for place in range(5_000))),
}

TAMPERS: Mapping[str, SamlTamper] = MappingProxyType(
    {
        "expired": _ended_ago(DAY),
        "expired_confirmation": SamlTamper(facts=_expired_confirmation),
        "not_yet_valid": SamlTamper(facts=_not_yet_valid),
        "edge_skew_inside": _ended_ago(30),
        "edge_skew_outside": _ended_ago(900),
        "wrong_audience": _with(lambda facts: replace(facts, audiences=(ELSEWHERE,))),
        "no_audience": _with(lambda facts: replace(facts, audiences=())),
        "two_audiences": _with(lambda facts: replace(facts, audiences=(ELSEWHERE, *facts.audiences))),
        "wrong_recipient": _delivered(lambda _: ELSEWHERE, recipient=True, destination=False),
        "wrong_destination": _delivered(lambda _: ELSEWHERE, recipient=False, destination=True),
        "wrong_acs": _delivered(lambda acs: urljoin(acs, "/another-app/acs"), recipient=True, destination=True),
        "longer_recipient": _delivered(lambda acs: f"{acs}/tenant-b", recipient=True, destination=True),
        "wrong_inresponseto_response": _in_response_to(NEVER_SENT, response=True, confirmation=False),
        "wrong_inresponseto_confirmation": _in_response_to(NEVER_SENT, response=False, confirmation=True),
        "wrong_inresponseto_both": _in_response_to(NEVER_SENT, response=True, confirmation=True),
        "unsolicited": _in_response_to(None, response=True, confirmation=True),
        "wrong_issuer_response": _issuer(response=True, assertion=False),
        "wrong_issuer_assertion": _issuer(response=False, assertion=True),
        "wrong_issuer_both": _issuer(response=True, assertion=True),
        "no_subject_confirmation": _with(lambda facts: replace(facts, confirmations=())),
        "non_bearer": _with(lambda facts: _confirmed(facts, lambda each: replace(each, method=_HOLDER_OF_KEY))),
        "no_authn_statement": _with(lambda facts: replace(facts, authn_instant=None)),
        "weak_authn_context": _with(lambda facts: replace(facts, authn_context=_UNSPECIFIED)),
        "session_not_on_or_after_past": SamlTamper(
            facts=lambda facts, scene: replace(facts, session_not_on_or_after=scene.now - HOUR)
        ),
        "nameid_missing": _with(lambda facts: replace(facts, name_id=None)),
        "nameid_empty": _name_id(lambda _value, name_format: ("", name_format)),
        "nameid_other_format": _name_id(lambda value, was: (value, _EMAIL if was == _PERSISTENT else _PERSISTENT)),
        "nameid_changed_case": _name_id(lambda value, name_format: (value.upper(), name_format)),
        "version_1_1": _with(lambda facts: replace(facts, version="1.1")),
        **_STATUSES,
        **_ATTRIBUTES,
    }
)
