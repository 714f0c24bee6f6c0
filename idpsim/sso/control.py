"""How a run steers the identity provider of another process: commands sealed with the keys that both have."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from idpsim.errors import UsageError
from idpsim.signon import Registration
from idpsim.sso import tickets
from idpsim.sso.keys import valid_label
from idpsim.sso.lending import Lending

if TYPE_CHECKING:
    from idpsim.sso.provider import IdentityProvider

_BYTES = ("encryption_certificate", "metadata")


class Control:
    """Carries out the commands of a run that holds the secret of the keys.

    `register`, `roll` and `publish` are about an app, which the run has from then until `give-back`; `greet` does
    nothing.
    """

    def __init__(self, provider: IdentityProvider) -> None:
        self._provider = provider
        self._lending = Lending(provider)

    def answer(self) -> tuple[Response, int]:
        """Do what the sealed command says, which is the body: a registration with metadata is too much for a header."""
        ticket = request.get_data(as_text=True)
        provider = self._provider
        claims = tickets.unseal(ticket, provider.keys.secret, provider.now()) or {}
        if claims.get("kind") != "control":
            return jsonify(error="this command is not sealed with the keys of this identity provider"), 401
        try:
            if claims["do"] != "greet":
                self._do(claims)
        except (KeyError, TypeError, ValueError, UsageError) as error:
            return jsonify(error=f"this command cannot be carried out: {type(error).__name__}: {error}"), 400
        return jsonify(done=True), 200

    def _do(self, claims: Mapping[str, Any]) -> None:
        holder = str(claims.get("holder", ""))
        if claims["do"] == "give-back":
            self._lending.give_back(holder)
            return
        vendor, label = str(claims["vendor"]), valid_label(str(claims["label"]))
        if vendor not in self._provider.sign_ons:
            raise ValueError(f"no such vendor: {vendor}")
        self._lending.lend(holder, vendor, label)
        match claims["do"]:
            case "register":
                registration = registration_of(claims["registration"])
                self._provider.register(vendor, label, registration, dict(claims.get("settings") or {}))
            case "roll":
                if claims["protocol"] not in ("saml", "oidc"):
                    raise ValueError("the protocol is saml or oidc")
                self._provider.roll(vendor, label, claims["protocol"])
                self._lending.rolled(holder, vendor, label, claims["protocol"])
            case "publish":
                self._provider.publish(vendor, label, claims.get("fault"))
            case unknown:
                raise ValueError(f"no such command: {unknown}")


def registration_json(registration: Registration) -> dict[str, Any]:
    """A registration as JSON; bytes are base64."""
    values = asdict(registration)
    for name in _BYTES:
        values[name] = None if values[name] is None else b64encode(values[name]).decode()
    values["signing_certificates"] = [b64encode(each).decode() for each in registration.signing_certificates]
    return values


def registration_of(values: Mapping[str, Any]) -> Registration:
    """A registration from the JSON of `registration_json`; ValueError and TypeError for anything else."""
    if not isinstance(values, Mapping):
        raise TypeError("a registration is an object")
    read = dict(values)
    for name in _BYTES:
        read[name] = None if read.get(name) is None else b64decode(read[name])
    read["signing_certificates"] = tuple(b64decode(each) for each in read.get("signing_certificates", ()))
    for name in ("acs", "redirect_uris", "post_logout_redirect_uris"):
        read[name] = tuple(read.get(name, ()))
    return Registration(**read)
