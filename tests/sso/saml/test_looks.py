"""What tells the vendors' Responses apart, row by row."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from idpsim.profiles.entra import oidc as entra_oidc
from idpsim.profiles.entra import saml as entra
from idpsim.profiles.entra.rules import SETTINGS as ENTRA_SCIM
from idpsim.profiles.okta import facts as okta_scim
from idpsim.profiles.okta import oidc as okta_oidc
from idpsim.profiles.okta import saml as okta
from idpsim.profiles.onelogin import oidc as onelogin_oidc
from idpsim.profiles.onelogin import saml as onelogin
from idpsim.profiles.onelogin.switches import SETTINGS as ONELOGIN_SCIM
from idpsim.saml.xml import Element, parsed
from idpsim.signon import Identity, Membership
from idpsim.signon.saml import EMAIL, ENTITY, PERSISTENT, TRANSIENT, UNSPECIFIED, rule
from idpsim.sso.saml.ids import instant
from idpsim.sso.saml.response import SAML, build
from tests.sso.front import ACS, SP
from tests.sso.saml.papers import ADA, ASKED, LOGGED_IN, NOW, STATED, VENDORS, app, facts, response

DS = "{http://www.w3.org/2000/09/xmldsig#}"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
A = f"{{{SAML}}}"


def tree(vendor: str, **settings: object) -> Element:
    return parsed(response(app(vendor, **settings)))


def one(root: Element, path: str) -> Element:
    found = root.find(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("vendor", "prefixes"),
    [("okta", ("saml2p", "saml2", "ds")), ("entra", ("samlp", None, None)), ("onelogin", ("samlp", "saml", "ds"))],
)
def test_each_vendor_has_its_namespace_prefixes(vendor: str, prefixes: tuple[str | None, ...]) -> None:
    root = tree(vendor)

    assertion = one(root, f"{A}Assertion")
    assert (root.prefix, assertion.prefix, one(assertion, f"{DS}Signature").prefix) == prefixes


@pytest.mark.parametrize(
    ("vendor", "settings", "signed"),
    [
        ("okta", {}, {"Response", "Assertion"}),
        ("okta", {"response_signed": False}, {"Assertion"}),
        ("okta", {"assertion_signed": False}, {"Response"}),
        ("okta", {"response_signed": False, "assertion_signed": False}, {"Assertion"}),
        ("entra", {}, {"Assertion"}),
        ("entra", {"signing_option": "sign_response"}, {"Response"}),
        ("entra", {"signing_option": "sign_both"}, {"Response", "Assertion"}),
        ("onelogin", {}, {"Assertion"}),
        ("onelogin", {"saml_signature_element": "Response"}, {"Response"}),
        ("onelogin", {"saml_signature_element": "Both"}, {"Response", "Assertion"}),
    ],
)
def test_what_is_signed_is_the_settings_matter(vendor: str, settings: dict[str, object], signed: set[str]) -> None:
    root = tree(vendor, **settings)

    found = {each.getparent().tag.rpartition("}")[2] for each in root.iter(f"{DS}Signature")}  # type: ignore[union-attr]
    assert found == signed


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_signature_stands_right_behind_the_issuer(vendor: str) -> None:
    root = tree(vendor)

    before = {each.getprevious().tag for each in root.iter(f"{DS}Signature")}  # type: ignore[union-attr]
    assert before == {f"{A}Issuer"}


@pytest.mark.parametrize(
    ("vendor", "settings", "listed"),
    [("okta", STATED, {"xs"}), ("okta", {}, set()), ("entra", {}, set()), ("onelogin", {}, set())],
)
def test_only_okta_names_inclusive_prefixes_and_only_with_attributes(
    vendor: str, settings: dict[str, object], listed: set[str]
) -> None:
    root = tree(vendor, **settings)

    assert {each.get("PrefixList") for each in root.iter(f"{{{EXCLUSIVE}}}InclusiveNamespaces")} == listed


@pytest.mark.parametrize(
    ("vendor", "before", "after", "confirmed"),
    [("okta", 300, 300, 300), ("entra", 300, 3600, 3600), ("onelogin", 180, 180, 180)],
)
def test_each_vendor_has_its_windows(vendor: str, before: float, after: float, confirmed: float) -> None:
    found = facts(app(vendor))

    assert (NOW - (found.not_before or 0), (found.not_on_or_after or 0) - NOW) == (before, after)
    assert found.confirmations[0].not_on_or_after == NOW + confirmed


@pytest.mark.parametrize(
    ("vendor", "order"),
    [
        ("okta", ["AuthnStatement", "AttributeStatement"]),
        ("entra", ["AttributeStatement", "AuthnStatement"]),
        ("onelogin", ["AuthnStatement", "AttributeStatement"]),
    ],
)
def test_each_vendor_has_its_order_of_statements(vendor: str, order: list[str]) -> None:
    root = tree(vendor, **(STATED if vendor == "okta" else {}))

    assert [each.tag.rpartition("}")[2] for each in one(root, f"{A}Assertion")][-2:] == order


@pytest.mark.parametrize(
    ("vendor", "style", "typed"),
    [
        ("okta", "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified", "xs:string"),
        ("entra", None, None),
        ("onelogin", "urn:oasis:names:tc:SAML:2.0:attrname-format:basic", "xs:string"),
    ],
)
def test_each_vendor_has_its_name_format_and_type(vendor: str, style: str | None, typed: str | None) -> None:
    root = tree(vendor, **(STATED if vendor == "okta" else {}))

    attributes = list(root.iter(f"{A}Attribute"))
    types = {each.get("{http://www.w3.org/2001/XMLSchema-instance}type") for each in root.iter(f"{A}AttributeValue")}
    assert {each.get("NameFormat") for each in attributes} == {style}
    assert types == {typed}


def test_the_session_index_is_the_request_the_assertion_or_its_own() -> None:
    found = {vendor: facts(app(vendor)) for vendor in VENDORS}

    assert found["okta"].session_index == ASKED.id
    assert found["entra"].session_index == found["entra"].assertion_id
    assert re.fullmatch(r"_[0-9a-f-]{36}", found["onelogin"].session_index or "")


def test_without_a_request_okta_makes_a_session_index() -> None:
    found = facts(app("okta"), asked=None)

    assert re.fullmatch(r"id\d{20,27}", found.session_index or "")


@pytest.mark.parametrize(("vendor", "style"), [("okta", ENTITY), ("entra", None), ("onelogin", None)])
def test_only_okta_gives_its_issuers_a_format(vendor: str, style: str | None) -> None:
    root = tree(vendor)

    assert [each.get("Format") for each in root.iter(f"{A}Issuer")] == [style, style]


@pytest.mark.parametrize(
    ("vendor", "start"),
    [
        (
            "okta",
            r'<\?xml version="1.0" encoding="UTF-8"\?><saml2p:Response Destination="[^"]+" ID="id\d{20,27}" '
            r'InResponseTo="_a-request" IssueInstant="2026-01-05T09:00:00.250Z" Version="2.0" xmlns:saml2p="',
        ),
        (
            "entra",
            r'<samlp:Response ID="_[0-9a-f-]{36}" Version="2.0" IssueInstant="2026-01-05T09:00:00.250Z" '
            r'Destination="[^"]+" InResponseTo="_a-request" xmlns:samlp="',
        ),
        (
            "onelogin",
            r'<samlp:Response xmlns:saml="[^"]+" xmlns:samlp="[^"]+" ID="R[0-9a-f]{40}" Version="2.0" '
            r'IssueInstant="2026-01-05T09:00:00Z" Destination="[^"]+" InResponseTo="_a-request">',
        ),
    ],
)
def test_each_vendor_begins_its_response_in_its_own_way(vendor: str, start: str) -> None:
    raw = response(app(vendor)).decode()

    assert re.match(start, raw), raw[:500]


@pytest.mark.parametrize("vendor", VENDORS)
def test_without_a_request_nothing_is_in_response_to_one(vendor: str) -> None:
    raw = response(app(vendor), asked=None)

    assert b"InResponseTo" not in raw


@pytest.mark.parametrize(
    ("vendor", "entity_id"),
    [
        ("okta", r"http://www\.okta\.com/exk\w{17}"),
        ("entra", r"https://sts\.windows\.net/11111111-2222-4333-8444-555555555555/"),
        ("onelogin", r"https://app\.onelogin\.com/saml/metadata/[0-9a-f-]{36}"),
    ],
)
def test_each_vendor_has_its_entity_id(vendor: str, entity_id: str) -> None:
    found = facts(app(vendor))

    assert re.fullmatch(entity_id, found.issuer)
    assert found.assertion_issuer == found.issuer


@pytest.mark.parametrize(("vendor", "instant"), [("okta", NOW), ("entra", LOGGED_IN), ("onelogin", NOW - 1)])
def test_when_somebody_has_authenticated_is_told_in_three_ways(vendor: str, instant: float) -> None:
    found = facts(app(vendor))

    assert found.authn_instant == instant


@pytest.mark.parametrize(
    ("vendor", "context", "ends"),
    [
        ("okta", "PasswordProtectedTransport", None),
        ("entra", "Password", None),
        ("onelogin", "PasswordProtectedTransport", NOW + 86400),
    ],
)
def test_each_vendor_has_its_class_and_end_of_session(vendor: str, context: str, ends: float | None) -> None:
    found = facts(app(vendor))

    assert found.authn_context == f"urn:oasis:names:tc:SAML:2.0:ac:classes:{context}"
    assert found.session_not_on_or_after == ends


@pytest.mark.parametrize(("vendor", "style"), [("okta", UNSPECIFIED), ("entra", EMAIL), ("onelogin", EMAIL)])
def test_each_vendor_has_its_name_id(vendor: str, style: str) -> None:
    found = facts(app(vendor)).name_id

    assert found is not None
    assert (found.value, found.format) == ("ada@example.com", style)


@pytest.mark.parametrize(
    ("vendor", "settings"),
    [
        ("okta", {"subject_name_id_format": "persistent"}),
        ("entra", {"name_id_format": "persistent"}),
        ("onelogin", {"saml_nameid_format": "Persistent"}),
    ],
)
def test_a_persistent_name_tells_nothing_and_stays(vendor: str, settings: dict[str, object]) -> None:
    first, second = (facts(app(vendor, **settings)).name_id for _ in range(2))

    assert first == second
    assert first is not None
    assert first.format == PERSISTENT
    assert "ada" not in first.value


def test_a_transient_name_is_another_each_time() -> None:
    of = app("entra", name_id_format="transient")

    first, second = (facts(of, replace(ASKED, id=name)).name_id for name in ("_1", "_2"))

    assert first is not None
    assert first.format == TRANSIENT
    assert first == second, "the bytes are the same, so is the name"
    assert "ada" not in first.value


@pytest.mark.parametrize(("asked", "value"), [(EMAIL, "ada@example.com"), (UNSPECIFIED, "ada@example.com")])
def test_entra_gives_the_name_id_format_that_is_asked_for(asked: str, value: str) -> None:
    found = facts(app("entra"), replace(ASKED, name_id_format=asked)).name_id

    assert found is not None
    assert (found.format, found.value) == (asked, value)


def test_entras_unspecified_name_can_be_pairwise_as_documented() -> None:
    found = facts(app("entra", name_id_unspecified="pairwise"), replace(ASKED, name_id_format=UNSPECIFIED)).name_id

    assert found is not None
    assert re.fullmatch(r"[\w+/]{43}=", found.value)


def test_entra_states_nine_claims_in_order() -> None:
    names = [each.name.rpartition("/")[2] for each in facts(app("entra")).attributes]

    assert names == [
        "tenantid",
        "objectidentifier",
        "displayname",
        "identityprovider",
        "authnmethodsreferences",
        "givenname",
        "surname",
        "emailaddress",
        "name",
    ]


def test_entra_leaves_out_a_claim_without_a_value() -> None:
    nameless = replace(ADA, person=replace(ADA.person, givenName=None))

    names = [each.name.rpartition("/")[2] for each in facts(app("entra"), who=nameless).attributes]

    assert "givenname" not in names


@pytest.mark.parametrize(("count", "name"), [(150, "claims/groups"), (151, "claims/groups.link")])
def test_entra_replaces_more_than_150_groups_by_a_link(count: int, name: str) -> None:
    many = Identity("1", ADA.person, tuple(Membership(str(each), f"Group {each}") for each in range(count)))

    last = facts(app("entra", saml_group_claims="all"), who=many).attributes[-1]

    assert last.name.endswith(name)
    assert len(last.values) == (150 if count == 150 else 1)


def test_entra_states_roles_and_additional_claims() -> None:
    of = app(
        "entra", saml_app_roles={"Engineering": "admin"}, saml_additional_claims={"job": "user.jobtitle", "x": '"y"'}
    )

    stated = {each.name: each.values for each in facts(of).attributes[-3:]}

    assert stated == {
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": ("admin",),
        "job": ("Countess",),
        "x": ("y",),
    }


@pytest.mark.parametrize(
    ("issuer", "audience"), [(SP, SP), ("my-app", "spn:my-app"), ("urn:my:app", "urn:my:app"), ("app", "spn:app")]
)
def test_entras_audience_is_the_issuer_with_spn_where_it_is_no_uri(issuer: str, audience: str) -> None:
    found = facts(app("entra"), replace(ASKED, issuer=issuer))

    assert found.audiences == (audience,)


def test_okta_states_nothing_by_default() -> None:
    found = facts(app("okta"))

    assert found.attributes == ()


@pytest.mark.parametrize(
    ("filtered", "groups"),
    [
        ("startsWith Eng", ("Engineering",)),
        ("equals Analysts", ("Analysts",)),
        ("contains n", ("Engineering", "Analysts")),
        ("regex [AE].*", ("Engineering", "Analysts")),
    ],
)
def test_okta_filters_the_groups_that_it_states(filtered: str, groups: tuple[str, ...]) -> None:
    found = facts(app("okta", group_attribute_statements={"groups": filtered})).attributes

    assert [each.values for each in found] == [groups]


@pytest.mark.parametrize("filtered", ["equals Nobody", "regex (", "unheard-of x"])
def test_okta_leaves_out_a_group_statement_that_matches_nothing(filtered: str) -> None:
    found = facts(app("okta", group_attribute_statements={"groups": filtered})).attributes

    assert found == ()


def test_onelogin_states_five_attributes_an_empty_one_too_in_another_order_each_time() -> None:
    loner = replace(ADA, groups=())

    found = facts(app("onelogin"), who=loner).attributes

    assert {each.name for each in found} == {
        "User.email",
        "User.FirstName",
        "User.LastName",
        "memberOf",
        "PersonImmutableID",
    }
    assert next(each for each in found if each.name == "memberOf").values == ("",)


def test_onelogins_ids_tell_what_is_signed() -> None:
    whole = facts(app("onelogin", saml_signature_element="Response"))

    assert re.fullmatch(r"pfx[0-9a-f-]{36}", facts(app("onelogin")).assertion_id)
    assert re.fullmatch(r"pfx[0-9a-f-]{36}", whole.response_id)
    assert re.fullmatch(r"A[0-9a-f]{40}", whole.assertion_id)


@pytest.mark.parametrize("vendor", VENDORS)
def test_base64_is_wrapped_by_okta_only(vendor: str) -> None:
    root = tree(vendor)

    text = one(root, f".//{DS}X509Certificate").text or ""
    assert max(len(line) for line in text.splitlines()) == 76 if vendor == "okta" else "\n" not in text


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("hostile", ["<b>&\"'</b>", "a\x00b\ud800c", "ä\r\n\tö", "]]>", "x" * 100_000])
def test_whatever_somebody_is_called_the_document_is_well_formed(vendor: str, hostile: str) -> None:
    named = replace(ADA, person=replace(ADA.person, userName=hostile, email=hostile))

    root = build(facts(app(vendor, **STATED) if vendor == "okta" else app(vendor), who=named), app(vendor))

    shown = one(root, f".//{A}NameID").text
    assert shown == hostile.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_quirk_has_a_public_source(vendor: str) -> None:
    quirks = app(vendor).sign_on.saml.quirks

    assert quirks
    assert all(each.source.startswith("https://") for each in quirks)


@pytest.mark.parametrize(
    ("saml", "others"),
    [
        (okta.SETTINGS, (okta_scim.SETTINGS, okta_oidc.SETTINGS)),
        (entra.SETTINGS, (ENTRA_SCIM, entra_oidc.SETTINGS)),
        (onelogin.SETTINGS, (ONELOGIN_SCIM, onelogin_oidc.SETTINGS)),
    ],
)
def test_no_setting_has_the_name_of_another(saml: dict[str, object], others: tuple[dict[str, object], ...]) -> None:
    shared = {name for other in others for name in other if name in saml}

    assert not shared


def test_an_address_is_a_route_too() -> None:
    route = rule("{base}/{tenant}/federationmetadata.xml?appid={app}")

    assert route == "/<tenant>/federationmetadata.xml"


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(True, "1969-12-31T23:59:59.500Z"), (False, "1969-12-31T23:59:59Z")]
)
def test_instants_are_utc(milliseconds: bool, text: str) -> None:
    written = instant(-0.5, milliseconds=milliseconds)

    assert written == text


def test_the_recipient_is_the_settings_where_there_is_one() -> None:
    found = facts(app("onelogin", saml_recipient="{recipient}"))

    assert found.confirmations[0].recipient == "{recipient}"
    assert found.destination == ACS
