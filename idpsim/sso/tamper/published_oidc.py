"""Falsified publications: discovery documents and key sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from idpsim.sso.tamper.hooks import PublishedTamper, Scene
from idpsim.sso.tamper.oidc_tokens import public_jwk

SLOW = 2.0
HTML = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>"
TYPE = "text/html; charset=utf-8"


def _html(_document: bytes, _scene: Scene) -> bytes:
    return HTML


def _nothing(_document: bytes, _scene: Scene) -> bytes:
    return b""


def _keys(document: bytes) -> list[Any]:
    return list(json.loads(document)["keys"])


def _set(keys: list[Any]) -> bytes:
    return json.dumps({"keys": keys}, separators=(",", ":")).encode()


def _no_keys(_document: bytes, _scene: Scene) -> bytes:
    return _set([])


def _kid(scene: Scene) -> str:
    return scene.kid(scene.signing) if scene.kid else ""


def _old_removed(document: bytes, scene: Scene) -> bytes:
    """The key that still signs is gone."""
    return _set([each for each in _keys(document) if each["kid"] != _kid(scene)])


def _duplicate(document: bytes, scene: Scene) -> bytes:
    """Another key bears the name of the one that signs, and comes before it."""
    return _set([{**public_jwk(scene.other), "use": "sig", "alg": "RS256", "kid": _kid(scene)}, *_keys(document)])


def _odd_keys(document: bytes, _scene: Scene) -> bytes:
    """Keys of kinds that nobody knows lie between."""
    odd = [{"kty": "FUTURE", "kid": "future", "use": "sig"}, {"kty": "EC", "crv": "P-0", "kid": "curve", "use": "sig"}]
    return _set([*odd, *_keys(document)])


def _no_kids(document: bytes, _scene: Scene) -> bytes:
    return _set(
        [{name: value for name, value in each.items() if name not in ("kid", "x5t")} for each in _keys(document)]
    )


def _other_issuer(document: bytes, _scene: Scene) -> bytes:
    return json.dumps({**json.loads(document), "issuer": "https://attacker.test"}, separators=(",", ":")).encode()


def _bom(document: bytes, _scene: Scene) -> bytes:
    return b"\xef\xbb\xbf" + document


TAMPERS: Mapping[str, PublishedTamper] = MappingProxyType(
    {
        "jwks_500": PublishedTamper("keys", _html, 500, TYPE),
        "jwks_html": PublishedTamper("keys", _html, 200, TYPE),
        "jwks_slow": PublishedTamper("keys", delay=SLOW),
        "jwks_empty": PublishedTamper("keys", _no_keys),
        "jwks_nothing": PublishedTamper("keys", _nothing),
        "jwks_old_removed": PublishedTamper("keys", _old_removed),
        "duplicate_kid": PublishedTamper("keys", _duplicate),
        "jwks_odd_keys": PublishedTamper("keys", _odd_keys),
        "jwks_without_kids": PublishedTamper("keys", _no_kids),
        "discovery_issuer_mismatch": PublishedTamper("discovery", _other_issuer),
        "discovery_500": PublishedTamper("discovery", _html, 500, TYPE),
        "discovery_html": PublishedTamper("discovery", _html, 200, TYPE),
        "discovery_slow": PublishedTamper("discovery", delay=SLOW),
        "discovery_bom": PublishedTamper("discovery", _bom),
    }
)
