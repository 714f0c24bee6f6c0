"""Falsified answers: of the token endpoint, of userinfo, and what the redirect brings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from idpsim.sso.tamper.hooks import JSON, OidcTamper, Scene

ATTACKER = "https://attacker.test"


def _userinfo_of_victim(said: JSON, scene: Scene) -> JSON:
    return scene.claims(scene.victim) if scene.claims else said


def _odd_case(answer: JSON, _scene: Scene) -> JSON:
    return {**answer, "token_type": "bEARER"}


def _text(answer: JSON, _scene: Scene) -> JSON:
    return {**answer, "expires_in": str(answer["expires_in"])}


def _more(answer: JSON, _scene: Scene) -> JSON:
    return {**answer, "not_before_policy": 0, "session_data": {"nested": [1, 2]}}


def _no_id_token(answer: JSON, _scene: Scene) -> JSON:
    return {name: value for name, value in answer.items() if name != "id_token"}


def _error_answer(_answer: JSON, _scene: Scene) -> JSON:
    """An error in a body that comes with 200."""
    return {"error": "invalid_grant", "error_description": "The authorization code is invalid or has expired."}


def _state_mismatch(params: dict[str, str], _scene: Scene) -> dict[str, str]:
    return {**params, "state": f"not-{params['state']}"} if "state" in params else params


def _no_state(params: dict[str, str], _scene: Scene) -> dict[str, str]:
    return {name: value for name, value in params.items() if name != "state"}


def _mix_up(params: dict[str, str], _scene: Scene) -> dict[str, str]:
    return {**params, "iss": ATTACKER}


def _iss(params: dict[str, str], scene: Scene) -> dict[str, str]:
    return {**params, "iss": scene.issuer}


def _no_code(params: dict[str, str], _scene: Scene) -> dict[str, str]:
    return {name: value for name, value in params.items() if name not in ("code", "id_token", "access_token")}


def _other_code(params: dict[str, str], _scene: Scene) -> dict[str, str]:
    return {**params, "code": params["code"][::-1]} if "code" in params else params


def _error(params: dict[str, str], scene: Scene, kind: str) -> dict[str, str]:
    """The vendor's own error in place of an answer."""
    from idpsim.signon.oidc import Trace

    look = scene.app.sign_on.oidc
    wrong = look.errors[kind]
    trace = Trace("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002", scene.now)
    error = look.error_params(wrong, wrong.text.replace("{", "").replace("}", ""), trace)
    return {**error, **{name: params[name] for name in ("state",) if name in params}}


def _login_required(params: dict[str, str], scene: Scene) -> dict[str, str]:
    return _error(params, scene, "login_required")


def _bad_scope(params: dict[str, str], scene: Scene) -> dict[str, str]:
    return _error(params, scene, "bad_scope")


def _denied(params: dict[str, str], _scene: Scene) -> dict[str, str]:
    markup = "<script>alert(1)</script>"
    return {"error": "access_denied", "error_description": markup, **{k: params[k] for k in ("state",) if k in params}}


def _error_with_code(params: dict[str, str], _scene: Scene) -> dict[str, str]:
    return {**params, "error": "server_error"}


TAMPERS: Mapping[str, OidcTamper] = MappingProxyType(
    {
        "wrong_sub_in_userinfo": OidcTamper(userinfo=_userinfo_of_victim),
        "token_type_odd_case": OidcTamper(answer=_odd_case),
        "expires_in_text": OidcTamper(answer=_text),
        "extra_answer": OidcTamper(answer=_more),
        "missing_id_token": OidcTamper(answer=_no_id_token),
        "error_in_answer": OidcTamper(answer=_error_answer),
        "state_mismatch": OidcTamper(redirect=_state_mismatch),
        "state_missing": OidcTamper(redirect=_no_state),
        "iss_mix_up": OidcTamper(redirect=_mix_up),
        "iss_parameter": OidcTamper(redirect=_iss),
        "missing_code": OidcTamper(redirect=_no_code),
        "wrong_code": OidcTamper(redirect=_other_code),
        "error_login_required": OidcTamper(redirect=_login_required),
        "error_invalid_scope": OidcTamper(redirect=_bad_scope),
        "error_with_markup": OidcTamper(redirect=_denied),
        "error_with_code": OidcTamper(redirect=_error_with_code),
    }
)
