"""Falsified documents, deliveries and publications of SAML: what a parser, a form or a metadata reader meets."""

from __future__ import annotations

from typing import Literal

from idpsim.signon import Must
from idpsim.sso.tamper.catalogue import Entry
from idpsim.sso.tamper.catalogue_signatures import DSIG, cve
from idpsim.sso.tamper.catalogue_values import BINDINGS, CORE, METADATA, OWASP, PROFILES

_COMMENTS = "https://www.kb.cert.org/vuls/id/475445"
_XXE = "https://cheatsheetseries.owasp.org/cheatsheets/XML_External_Entity_Prevention_Cheat_Sheet.html"
_XML = "https://www.w3.org/TR/xml/#charencoding"
_BASE64 = "https://datatracker.ietf.org/doc/html/rfc2045#section-6.8"
_REDIRECTS = "https://cwe.mitre.org/data/definitions/601.html"


def _parsing(name: str, must: Must, does: str, why: str, source: str) -> Entry:
    return Entry(name, "saml", "parsing", does, must, why, source)


def _name_cut(name: str, does: str, why: str, source: str) -> Entry:
    return Entry(name, "saml", "parsing", does, "not-victim", why, source, stranger=True)


def _flow(name: str, must: Must, does: str, why: str, source: str, by: Literal["idp", "browser"] = "browser") -> Entry:
    return Entry(name, "saml", "flow", does, must, why, source, by)


def _metadata(name: str, must: Must, does: str, why: str) -> Entry:
    return Entry(f"metadata_{name}", "saml", "metadata", does, must, why, METADATA, "publisher")


_CUT = "Signed is a name that begins with the victim's; who reads up to the {} signs in the victim."

_PARSING = (
    _name_cut(
        "comment_in_nameid",
        "The signed name is the victim's with `.attacker.test` behind it, and a comment between the two.",
        _CUT.format("comment"),
        _COMMENTS,
    ),
    _name_cut(
        "cdata_in_nameid",
        "The signed name is the victim's with `.attacker.test` behind it, the latter as a CDATA section.",
        _CUT.format("section"),
        _COMMENTS,
    ),
    _name_cut(
        "pi_in_nameid",
        "The signed name ends with the victim's; what stands before has become a processing instruction.",
        "Some canonicalize the instruction to its text, so that the signature fits, and read the name without.",
        DSIG,
    ),
    _parsing(
        "dup_attribute",
        "either",
        "The first attribute is there twice.",
        "Which of the two counts is nowhere said; values that two readers take differently are a way in.",
        CORE,
    ),
    _parsing("multi_value", "either", "The first attribute has a second value.", "The wrong one may be taken.", CORE),
    _parsing(
        "attribute_case",
        "either",
        "The names of the attributes are in capitals.",
        "Names are compared exactly (core 2.7.3.1); accounts without attributes may come of it.",
        CORE,
    ),
    _parsing(
        "huge_attribute",
        "either",
        "One attribute more, of 2 MB.",
        "A session store or a header that cannot hold it takes the service down; a limit is right.",
        OWASP,
    ),
    _parsing(
        "huge_group_list",
        "either",
        "One attribute more, with 5,000 values.",
        "A cookie or a query that cannot hold them takes the service down; a limit is right.",
        OWASP,
    ),
    _parsing(
        "deflated_post_bomb",
        "refuse",
        "The posted Response is compressed, 64 MB of blanks in 64 kB.",
        "Who inflates what is posted runs out of memory: one request takes the service down.",
        cve("2025-25293"),
    ),
    _parsing(
        "dtd_xxe",
        "refuse",
        "A DOCTYPE declares an external entity, and StatusMessage uses it.",
        "Files and inner addresses of the server are read; DTDs have no place in SAML.",
        _XXE,
    ),
    _parsing(
        "billion_laughs",
        "refuse",
        "A DOCTYPE declares entities of entities, 300 MB when expanded, and StatusMessage uses them.",
        "One request takes the service down.",
        _XXE,
    ),
    _parsing(
        "bom", "either", "A byte order mark comes first.", "XML allows it; no vendor sends it in a Response.", _XML
    ),
    _parsing("utf16", "either", "The document is UTF-16.", "XML allows it; no vendor sends it in a Response.", _XML),
    _parsing(
        "whitespace_base64",
        "accept",
        "Blanks and tabs stand in the base64.",
        "They are to be ignored (RFC 2045); who does not locks people out behind some proxies.",
        _BASE64,
    ),
    _parsing(
        "crlf_base64",
        "accept",
        "The base64 has lines of 76 characters that end with CRLF.",
        "That is the form which RFC 2045 prescribes, and the binding refers to it (bindings 3.5.4).",
        BINDINGS,
    ),
    _parsing(
        "unknown_prefixes",
        "accept",
        "The elements of the assertion have a namespace prefix that nobody uses.",
        "Prefixes mean nothing; who looks for `saml:` reads one vendor only.",
        "https://www.w3.org/TR/xml-names/#ns-qualnames",
    ),
)

_FLOW = (
    _flow(
        "replay",
        "refuse",
        "The Response is posted, and then again by a browser without cookies.",
        "Whoever finds a Response within its minutes (a log, the Back button) is in (profiles 4.1.4.5).",
        PROFILES,
    ),
    _flow(
        "same_assertion_new_response",
        "refuse",
        "The assertion is posted, and then again in a Response with a new ID, by a browser without cookies.",
        "Only the wrapper's ID is remembered, which anybody can change (profiles 4.1.4.5).",
        PROFILES,
    ),
    _flow(
        "relay_state_tampered",
        "either",
        "RelayState is another one.",
        "It is not protected: where it says more than where to go, that can be forged.",
        BINDINGS,
    ),
    _flow(
        "relay_state_open_redirect",
        "either",
        "RelayState is a foreign address; signing in is fine, being led there is not.",
        "A link to the right host ends at the attacker's page, right after signing in.",
        _REDIRECTS,
    ),
    _flow(
        "relay_state_long",
        "either",
        "RelayState has 4,000 bytes.",
        "Over 80 is not allowed (bindings 3.5.3).",
        BINDINGS,
    ),
    _flow(
        "relay_state_javascript",
        "either",
        "RelayState is a `javascript:` address; signing in is fine, being led there is not.",
        "A script of the attacker runs in the session that was just made.",
        _REDIRECTS,
    ),
    _flow(
        "get_instead_of_post",
        "either",
        "The Response comes in the query of a GET.",
        "It stays in logs and histories; profiles 4.1.2 rules the Redirect binding out for senders.",
        PROFILES,
    ),
    _flow(
        "slow", "accept", "The Response is posted 2 seconds late.", "Networks are slow; sign-in must last.", PROFILES
    ),
    _flow(
        "cut",
        "refuse",
        "Half of the form is posted, and the connection is cut.",
        "Half a document is no document.",
        BINDINGS,
    ),
    _flow(
        "double_submit",
        "not-victim",
        "The form is posted twice at once, as by an impatient click.",
        "Two answers race: either may win, and nobody else must be signed in.",
        PROFILES,
    ),
)

_PUBLISHED = (
    _metadata("two_certs", "accept", "Two signing certificates, the next one first.", "Either may sign: try both."),
    _metadata(
        "swapped_certs", "either", "Only the next certificate, which does not sign yet.", "A rollover gone wrong."
    ),
    _metadata("expired_validuntil", "either", "validUntil was yesterday.", "Keys that were withdrawn live on."),
    _metadata("wrong_entityid", "either", "Another entityID.", "The metadata of one is taken for another's."),
    _metadata("unsigned", "either", "No signature, where the vendor has one.", "Who needs it must miss it."),
    _metadata("bom", "accept", "A byte order mark comes first.", "One vendor really sends it."),
    _metadata("404", "either", "The address is not found.", "People cannot sign in for want of a copy."),
    _metadata("slow", "either", "The answer takes 2 seconds.", "Signing in hangs where it is read each time."),
)

ENTRIES: tuple[Entry, ...] = (*_PARSING, *_FLOW, *_PUBLISHED)
