"""What Entra's tokens say, and userinfo."""

from __future__ import annotations

import hashlib
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from idpsim.signon.oidc import JSON, Granted, Settings

GRAPH = "00000003-0000-0000-c000-000000000000"
MOST_GROUPS = 200


def resource_of(ids: Mapping[str, str], settings: Settings) -> str:
    """The Application ID URI of the app's own API."""
    return settings["application_id_uri"] or f"api://{ids['client_id']}"


def for_graph(granted: Granted) -> bool:
    """Whether the access token is Microsoft Graph's, so that its signature verifies for nobody else."""
    return not any("://" in each or each == granted.client_id for each in granted.scopes)


def _short(text: str, length: int = 22) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:length]


def _principal(granted: Granted) -> str:
    """The object id of the app's service principal."""
    raw = hashlib.sha256(f"service principal {granted.client_id}".encode()).digest()[:16]
    return str(uuid.UUID(bytes=raw, version=4))


def subject(granted: Granted) -> str:
    """The pairwise `sub`: the same for a person in an app, another one in every other app."""
    if granted.identity is None:
        return _principal(granted)
    return _short(f"{granted.ids['tenant']} {granted.client_id} {granted.identity.id}", 43)


def _groups(granted: Granted) -> JSON:
    """Object ids of groups; above 200 a pointer to Graph, or `hasgroups` in the implicit flow."""
    identity = granted.identity
    if identity is None or granted.settings["group_membership_claims"] in ("None", "DirectoryRole"):
        return {}
    if not identity.groups:
        return {}
    if len(identity.groups) <= MOST_GROUPS:
        return {"groups": [each.id for each in identity.groups]}
    if granted.flow == "authorize":
        return {"hasgroups": True}
    endpoint = f"https://graph.windows.net/{granted.ids['tenant']}/users/{identity.id}/getMemberObjects"
    return {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": endpoint}}}


def _optional(granted: Granted) -> JSON:
    assert granted.identity is not None
    person = granted.identity.person
    possible: JSON = {
        "auth_time": int(granted.at),
        "email": person.email,
        "family_name": person.familyName,
        "given_name": person.givenName,
        "login_hint": f"O.{_short(person.userName, 43)}",
        "sid": granted.session,
        "upn": person.userName,
    }
    wanted = granted.settings["optional_claims_id_token"]
    if "email" in granted.scopes:
        wanted = (*wanted, "email")
    return {name: value for name, value in possible.items() if name in wanted and value is not None}


def id_claims(granted: Granted) -> JSON:
    """A v2.0 id_token; at_hash and c_hash only where the authorization endpoint issues it."""
    assert granted.identity is not None
    now, identity = int(granted.now), granted.identity
    claims: JSON = {"aud": granted.client_id, "iss": granted.issuer, "iat": now, "nbf": now}
    claims["exp"] = now + granted.seconds
    more = {**_optional(granted), **_groups(granted)}
    more |= {"aio": f"A{_short(granted.token_id + 'aio', 40)}"}
    if granted.flow == "authorize":
        more |= {name: granted.hashes[name] for name in ("at_hash", "c_hash") if name in granted.hashes}
    if "profile" in granted.scopes:
        more |= {"name": identity.person.displayName, "preferred_username": identity.person.userName}
    if granted.nonce is not None:
        more["nonce"] = granted.nonce
    if roles := list(granted.settings["app_role_values"]):
        more["roles"] = roles
    more |= {"oid": identity.id, "rh": f"1.A{_short(granted.ids['tenant'], 20)}.", "sid": granted.session}
    more |= {"sub": subject(granted), "tid": granted.ids["tenant"], "uti": _short(granted.token_id), "ver": "2.0"}
    return claims | {name: more[name] for name in sorted(more)}


def access_claims(granted: Granted) -> JSON:
    """An access token: for Graph v1.0, for the app's own API of the version that it asks for."""
    graph = granted.identity is not None and for_graph(granted)
    resource = granted.scopes[0].removesuffix("/.default") if granted.identity is None else ""
    mine = resource in ("", granted.client_id, resource_of({"client_id": granted.client_id}, granted.settings))
    first = graph or not mine or granted.settings["requested_access_token_version"] == "1"
    claims = _access(granted, first) | _who(granted, first)
    if graph:
        return claims | {"aud": GRAPH}
    if not mine:
        return claims | {"aud": resource}
    return claims | {
        "aud": resource_of({"client_id": granted.client_id}, granted.settings) if first else granted.client_id
    }


def _access(granted: Granted, first: bool) -> JSON:
    now, acr = int(granted.now), "0" if granted.public else "1"
    tenant = granted.ids["tenant"]
    issuer = f"https://sts.windows.net/{tenant}/" if first else granted.issuer
    claims: JSON = {"aud": "", "iss": issuer, "iat": now, "nbf": now, "exp": now + granted.seconds}
    claims["aio"] = f"E{_short(granted.token_id + 'access', 40)}"
    names = ("appid", "appidacr") if first else ("azp", "azpacr")
    claims |= {names[0]: granted.client_id, names[1]: acr}
    claims |= {"rh": f"1.A{_short(tenant, 20)}.", "sub": subject(granted), "tid": tenant}
    return claims | {"uti": _short(granted.token_id + "access"), "ver": "1.0" if first else "2.0"}


def _who(granted: Granted, first: bool) -> JSON:
    roles = list(granted.settings["app_role_values"])
    more: JSON = {"roles": roles} if roles else {}
    if granted.identity is None:
        return more | {"oid": _principal(granted), "idtyp": "app"}
    person = granted.identity.person
    words = " ".join(each.rpartition("/")[2] for each in granted.scopes if each != "offline_access")
    more |= {"name": person.displayName, "oid": granted.identity.id, "scp": words}
    user = (
        {"upn": person.userName, "unique_name": person.userName} if first else {"preferred_username": person.userName}
    )
    return more | user | _groups(granted)


def userinfo(granted: Granted) -> JSON:
    """What Graph says; it cannot be extended."""
    assert granted.identity is not None
    person = granted.identity.person
    said = {
        "sub": subject(granted),
        "name": person.displayName,
        "family_name": person.familyName,
        "given_name": person.givenName,
        "picture": "https://graph.microsoft.com/v1.0/me/photo/$value",
        "email": person.email if "email" in granted.scopes else None,
    }
    return {name: value for name, value in said.items() if value is not None}
