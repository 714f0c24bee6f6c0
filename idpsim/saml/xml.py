"""XML that comes from strangers: parsed without entities, networks and document types."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element

LARGEST = 10_000_000


class Refused(Exception):
    """A document or signature that must not be relied on; the text says why."""


_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
)


def parsed(document: bytes) -> Element:
    """The root of a document; Refused where it is not well-formed, too large, or has a document type."""
    if len(document) > LARGEST:
        raise Refused("the document is too large")
    try:
        root = etree.fromstring(document, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("the document is not well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("the document has a document type")
    return root


def qualified(element: Element) -> str:
    """The local name of an element; empty for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
