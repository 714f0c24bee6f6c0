"""A Response with its assertion, unsigned, in the vendor's look; and any message as the bytes that the vendor sends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from idpsim.saml.xml import Element, parsed
from idpsim.signon.markup import escaped
from idpsim.signon.saml import Writing
from idpsim.sso.app import App
from idpsim.sso.saml.facts import SUCCESS, Attribute, Confirmation, Facts, NameId, Status
from idpsim.sso.saml.ids import instant

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SCHEMA = {"xs": "http://www.w3.org/2001/XMLSchema", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
_TAG = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[A-Za-z_][^<>]*\sxmlns[^<>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(rb'\s([^\s="]+="[^"]*")')


def build(facts: Facts, app: App) -> Element:
    """The unsigned Response."""
    writing = app.sign_on.saml.writing
    return parsed(_Writer(writing, any(each.typed for each in facts.attributes)).response(facts).encode())


def document(root: Element, app: App) -> bytes:
    """A message as the vendor sends it: XML declaration or none, namespace declarations where the vendor has them."""
    writing = app.sign_on.saml.writing
    raw = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    if writing.declared != "first":
        raw = _TAG.sub(_sorted if writing.declared == "sorted" else _last, raw)
    return writing.declaration.encode() + raw


def _sorted(found: re.Match[bytes]) -> bytes:
    return _again(found[0], key=False)


def _last(found: re.Match[bytes]) -> bytes:
    return _again(found[0], key=True)


def _again(tag: bytes, *, key: bool) -> bytes:
    """A start tag with its attributes in another order: by name, or (`key`) declarations behind the others."""
    attributes = _ATTRIBUTE.findall(tag)
    plain = _ATTRIBUTE.sub(b"", tag)
    if tag.startswith(b"<!") or b'"' in plain:
        return tag
    ordered = sorted(attributes, key=(lambda each: each.startswith(b"xmlns")) if key else None)
    end = -2 if plain.endswith(b"/>") else -1
    return b" ".join([plain[:end], *ordered]) + plain[end:]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes elements as text, in one vendor's way."""

    writing: Writing

    def protocol(
        self, name: str, attributes: Mapping[str, str | None], content: str, declared: Iterable[str] = ()
    ) -> str:
        """An element of the protocol; `declared` are namespace declarations."""
        again = [_xmlns(self.writing.protocol, SAMLP)] if name in self.writing.redeclared else []
        return self._element(_name(self.writing.protocol, name), name, attributes, content, [*declared, *again])

    def assertion(
        self,
        name: str,
        attributes: Mapping[str, str | None],
        content: str,
        *,
        declare: bool = False,
        schema: Iterable[str] = (),
    ) -> str:
        """An element of the assertion's namespace: `declare` where that is not in scope, `schema` is `xs` and `xsi`."""
        namespaces = [_xmlns(each, SCHEMA[each]) for each in schema]
        if declare or name in self.writing.redeclared:
            namespaces.insert(0, _xmlns(self.writing.assertion, SAML))
        return self._element(_name(self.writing.assertion, name), name, attributes, content, namespaces)

    def _element(
        self, tag: str, name: str, attributes: Mapping[str, str | None], content: str, namespaces: Iterable[str]
    ) -> str:
        order = self.writing.orders.get(name, attributes)
        said = (f' {key}="{escaped(value)}"' for key in order if (value := attributes.get(key)) is not None)
        start = "".join([tag, *namespaces, *said])
        return f"<{start}>{content}</{tag}>" if content else f"<{start}/>"

    def root(self, name: str, attributes: Mapping[str, str | None], content: str, schema: Iterable[str] = ()) -> str:
        """The root of a message."""
        namespaces = [_xmlns(self.writing.protocol, SAMLP), *(_xmlns(each, SCHEMA[each]) for each in schema)]
        if self.writing.assertion_on_response:
            namespaces.insert(0, _xmlns(self.writing.assertion, SAML))
        return self._element(_name(self.writing.protocol, name), name, attributes, content, namespaces)

    def issuer(self, value: str, *, declare: bool) -> str:
        return self.assertion("Issuer", {"Format": self.writing.issuer_format}, escaped(value), declare=declare)

    def status(self, status: Status) -> str:
        second = self.protocol("StatusCode", {"Value": status.second}, "") if status.second else ""
        message = self.protocol("StatusMessage", {}, escaped(status.message)) if status.message else ""
        return self.protocol("Status", {}, self.protocol("StatusCode", {"Value": status.code}, second) + message)

    def name_id(self, name_id: NameId, *, declare: bool = False) -> str:
        attributes = {
            "Format": name_id.format,
            "NameQualifier": name_id.name_qualifier,
            "SPNameQualifier": name_id.sp_name_qualifier,
        }
        return self.assertion("NameID", attributes, escaped(name_id.value), declare=declare)

    def at(self, seconds: float | None) -> str | None:
        return None if seconds is None else instant(seconds, milliseconds=self.writing.milliseconds)


@dataclass(frozen=True, slots=True)
class _Writer(Writer):
    typed: bool

    def response(self, facts: Facts) -> str:
        attributes = {
            "Destination": facts.destination,
            "ID": facts.response_id,
            "InResponseTo": facts.in_response_to,
            "IssueInstant": self.at(facts.issued),
            "Version": facts.version,
        }
        outside = not self.writing.assertion_on_response
        content = self.issuer(facts.issuer, declare=outside) + self.status(facts.status)
        if facts.status.code == SUCCESS:
            content += self._assertion(facts, declare=outside)
        return self.root("Response", attributes, content, self.writing.schema_on_response if self.typed else ())

    def _assertion(self, facts: Facts, *, declare: bool) -> str:
        attributes = {"ID": facts.assertion_id, "IssueInstant": self.at(facts.issued), "Version": facts.version}
        statements = [self._authn_statement(facts), self._attribute_statement(facts.attributes)]
        content = [
            self.issuer(facts.assertion_issuer, declare=False),
            self._subject(facts),
            self._conditions(facts),
            *(statements if self.writing.authn_statement_first else statements[::-1]),
        ]
        schema = self.writing.schema_on_assertion if self.typed else ()
        return self.assertion("Assertion", attributes, "".join(content), declare=declare, schema=schema)

    def _subject(self, facts: Facts) -> str:
        content = self.name_id(facts.name_id) if facts.name_id is not None else ""
        content += "".join(self._confirmation(each) for each in facts.confirmations)
        return self.assertion("Subject", {}, content) if content else ""

    def _confirmation(self, confirmation: Confirmation) -> str:
        attributes = {
            "InResponseTo": confirmation.in_response_to,
            "NotBefore": self.at(confirmation.not_before),
            "NotOnOrAfter": self.at(confirmation.not_on_or_after),
            "Recipient": confirmation.recipient,
        }
        data = self.assertion("SubjectConfirmationData", attributes, "")
        return self.assertion("SubjectConfirmation", {"Method": confirmation.method}, data)

    def _conditions(self, facts: Facts) -> str:
        audiences = "".join(self.assertion("Audience", {}, escaped(each)) for each in facts.audiences)
        content = self.assertion("AudienceRestriction", {}, audiences) if audiences else ""
        window = {"NotBefore": self.at(facts.not_before), "NotOnOrAfter": self.at(facts.not_on_or_after)}
        return self.assertion("Conditions", window, content)

    def _authn_statement(self, facts: Facts) -> str:
        if facts.authn_instant is None:
            return ""
        attributes = {
            "AuthnInstant": self.at(facts.authn_instant),
            "SessionIndex": facts.session_index,
            "SessionNotOnOrAfter": self.at(facts.session_not_on_or_after),
        }
        reference = self.assertion("AuthnContextClassRef", {}, escaped(facts.authn_context))
        return self.assertion("AuthnStatement", attributes, self.assertion("AuthnContext", {}, reference))

    def _attribute_statement(self, attributes: Iterable[Attribute]) -> str:
        content = "".join(self._attribute(each) for each in attributes)
        return self.assertion("AttributeStatement", {}, content) if content else ""

    def _attribute(self, attribute: Attribute) -> str:
        typed = {"xsi:type": "xs:string"} if attribute.typed else {}
        schema = self.writing.schema_on_value if attribute.typed else ()
        values = "".join(
            self.assertion("AttributeValue", typed, escaped(each), schema=schema) for each in attribute.values
        )
        return self.assertion("Attribute", {"Name": attribute.name, "NameFormat": attribute.format}, values)


def _name(prefix: str | None, name: str) -> str:
    return f"{prefix}:{name}" if prefix else name


def _xmlns(prefix: str | None, uri: str) -> str:
    return f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"'
