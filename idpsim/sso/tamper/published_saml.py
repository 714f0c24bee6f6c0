"""Falsified SAML metadata; where the vendor signs it, what was changed is signed again."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from types import MappingProxyType

from lxml import etree

from idpsim.sso.tamper.documents import (
    DS,
    Element,
    content,
    digest,
    parsed,
    refer,
    removed,
    signature,
    signed_again,
)
from idpsim.sso.tamper.hooks import PublishedTamper, Scene
from idpsim.sso.tamper.saml_signatures import following
from idpsim.sso.tamper.saml_values import DAY, ELSEWHERE

MD = "urn:oasis:names:tc:SAML:2.0:metadata"
_BOM = b"\xef\xbb\xbf"


def _changed(change: Callable[[Element, Scene], None]) -> PublishedTamper:
    def document(published: bytes, scene: Scene) -> bytes:
        bare = published.removeprefix(_BOM)
        root = parsed(bare)
        change(root, scene)
        if (kept := signature(root)) is not None:
            refer(kept, digest(kept, content(kept)))
            signed_again(kept, scene)
        return published[: len(published) - len(bare)] + _written(root, declared=bare.startswith(b"<?xml"))

    return PublishedTamper("metadata", document)


def _written(root: Element, *, declared: bool) -> bytes:
    return etree.tostring(root, xml_declaration=declared, encoding="UTF-8")


def _keys(root: Element) -> list[Element]:
    descriptors = root.iterfind(f"{{{MD}}}IDPSSODescriptor/{{{MD}}}KeyDescriptor")
    return [each for each in descriptors if each.get("use") in (None, "signing")]


def _next_in(descriptor: Element, scene: Scene) -> None:
    for each in descriptor.iter(f"{{{DS}}}X509Certificate"):
        each.text = b64encode(following(scene).der).decode()


def _two_certs(root: Element, scene: Scene) -> None:
    first, *_ = _keys(root)
    second = deepcopy(first)
    _next_in(second, scene)
    first.addprevious(second)


def _swapped_certs(root: Element, scene: Scene) -> None:
    first, *others = _keys(root)
    _next_in(first, scene)
    for each in others:
        removed(each)


def _expired(root: Element, scene: Scene) -> None:
    root.set("validUntil", datetime.fromtimestamp(scene.now - DAY, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


TAMPERS: Mapping[str, PublishedTamper] = MappingProxyType(
    {
        "metadata_two_certs": _changed(_two_certs),
        "metadata_swapped_certs": _changed(_swapped_certs),
        "metadata_expired_validuntil": _changed(_expired),
        "metadata_wrong_entityid": _changed(lambda root, _: root.set("entityID", ELSEWHERE)),
        "metadata_unsigned": _changed(lambda root, _: removed(signature(root))),
        "metadata_bom": PublishedTamper("metadata", lambda document, _: _BOM + document.removeprefix(_BOM)),
        "metadata_404": PublishedTamper("metadata", lambda _, __: b"Not Found", 404, "text/plain"),
        "metadata_slow": PublishedTamper("metadata", delay=2.0),
    }
)
