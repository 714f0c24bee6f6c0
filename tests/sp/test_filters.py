"""Filters of RFC 7644 section 3.4.2.2."""

from __future__ import annotations

import pytest

from .conftest import ENTERPRISE, USER, Account

PEOPLE = [
    {
        "userName": "Ada@x.test",
        "externalId": "E1",
        "displayName": "Ada Byron",
        "title": "Analyst",
        "name": {"familyName": "Byron"},
        "emails": [
            {"type": "work", "value": "ada@x.test", "primary": True},
            {"type": "home", "value": "ada@home.test"},
        ],
        "loginCount": 7,
        ENTERPRISE: {"department": "Engines", "manager": {"value": "m-1"}},
    },
    {
        "userName": "grace@x.test",
        "externalId": "e1",
        "displayName": "Grace Hopper",
        "active": False,
        "emails": [{"type": "home", "value": "grace@x.test"}],
        "loginCount": 20,
    },
]


@pytest.fixture
def people(sp: Account) -> Account:
    for person in PEOPLE:
        assert sp.call("POST", "/Users", {"schemas": [USER], **person}).status == 201
    return sp


ADA, GRACE = "Ada@x.test", "grace@x.test"


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ('userName eq "ada@X.TEST"', [ADA]),
        ('USERNAME EQ "ada@x.test"', [ADA]),
        ('userName ne "ada@x.test"', [GRACE]),
        ('userName co "X.TE"', [ADA, GRACE]),
        ('userName sw "GRA"', [GRACE]),
        ('userName ew "x.test"', [ADA, GRACE]),
        ('userName gt "b"', [GRACE]),
        ('userName le "ada@x.test"', [ADA]),
        ('externalId eq "E1"', [ADA]),
        ('externalId eq "e1"', [GRACE]),
        ('externalId co "E"', [ADA]),
        ('displayName eq "ada byron"', [ADA]),
        ("title pr", [ADA]),
        ("not (title pr)", [GRACE]),
        ("title eq null", [GRACE]),
        ("title ne null", [ADA]),
        ('title ne "analyst"', [GRACE]),
        ("active eq true", [ADA]),
        ("active eq false", [GRACE]),
        ('active eq "False"', [GRACE]),
        ("active ne true", [GRACE]),
        ("loginCount gt 7", [GRACE]),
        ("loginCount ge 7", [ADA, GRACE]),
        ("loginCount lt 7.5", [ADA]),
        ('name.familyName eq "byron"', [ADA]),
        (f'{USER}:name.familyName sw "by"', [ADA]),
        (f'{ENTERPRISE}:department eq "engines"', [ADA]),
        (f'{ENTERPRISE.lower()}:department eq "engines"', [ADA]),
        (f'{ENTERPRISE}:manager.value eq "m-1"', [ADA]),
        ('manager eq "m-1"', [ADA]),
        (f"{ENTERPRISE} pr", [ADA]),
        ('emails eq "ada@home.test"', [ADA]),
        ('emails.value co "X.TEST"', [ADA, GRACE]),
        ('emails[type eq "work"]', [ADA]),
        ('emails[type eq "WORK" and value co "ada"]', [ADA]),
        ('emails[type eq "work" and value co "home"]', []),
        ('emails[type eq "work"].value eq "ADA@x.test"', [ADA]),
        ('emails[type eq "home"].value pr', [ADA, GRACE]),
        ('emails[primary eq "True"].value eq "ada@x.test"', [ADA]),
        ('emails[not (type eq "home")]', [ADA]),
        ('userName eq "grace@x.test" and active eq false', [GRACE]),
        ('active eq false and userName eq "grace@x.test"', [GRACE]),
        ('userName eq "grace@x.test" and active eq true', []),
        ('userName eq "grace@x.test" or title pr', [ADA, GRACE]),
        ("title pr and active eq false or loginCount eq 20", [GRACE]),
        ("title pr and (active eq true or loginCount eq 20)", [ADA]),
        ('(userName eq "grace@x.test")', [GRACE]),
        ('unknown eq "x"', []),
        ('urn:acme:1.0:User:badge eq "7"', []),
        ('userName eq "a \\"quoted\\" one"', []),
        ('meta.resourceType eq "User"', [ADA, GRACE]),
        ('meta.created ge "2020-01-01T00:00:00+05:00"', [ADA, GRACE]),
        ('meta.lastModified lt "2020-01-01T00:00:00Z"', []),
        ('loginCount eq "7"', []),
    ],
)
def test_a_filter_finds(people: Account, filter: str, found: list[str]) -> None:
    assert people.found(filter) == found


def test_an_id_is_found_as_it_is_written(people: Account) -> None:
    id = people.get("/Users")["Resources"][0]["id"]

    assert people.found(f'id eq "{id}"') == [ADA]
    assert people.found(f'id eq "{id.upper()}"') == []


@pytest.mark.parametrize(
    "filter",
    [
        'members eq "{id}"',
        'members.value eq "{id}"',
        'members[value eq "{id}"]',
        'displayName eq "engines"',
        'id eq "{group}" and members eq "{id}"',
    ],
)
def test_a_group_is_found(sp: Account, filter: str) -> None:
    id = sp.user()
    group = sp.group(members=(id,))
    sp.group("Other")

    assert sp.found(filter.format(id=id, group=group), "/Groups") == ["Engines"]


@pytest.mark.parametrize(
    "filter",
    [
        "",
        " ",
        "userName",
        "userName eq",
        'eq "x"',
        "userName eq ada",
        'userName is "x"',
        'userName eq "x',
        'userName eq "x" and',
        '(userName eq "x"',
        'userName eq "x")',
        "emails[type",
        'emails[type eq "x"',
        "emails[]",
        'userName eq "x" userName eq "y"',
        "not title pr",
        "active gt true",
        'a.b.c eq "x"',
        "[",
        "]",
        "(",
        ")",
        '"',
        '"x"',
        'name.x[a eq "b"]',
        'userName eq "\\x"',
        "userName eq NaN",
        "userName eq [1]",
        "(" * 500,
        "not(" * 500,
        "a[" * 500,
        'userName eq "x" and ' * 1000,
        "\x00",
        "pr pr pr",
        'urn:: eq "x"',
        'emails[type eq "x"].1 eq "y"',
    ],
)
def test_a_filter_that_cannot_be_read_is_400(sp: Account, filter: str) -> None:
    from urllib.parse import quote

    answer = sp.call("GET", f"/Users?filter={quote(filter, safe='')}")

    assert (answer.status, answer.json["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize(
    "query",
    [
        "filter=userName+eq+%22a%2Bb%40x.test%22",
        "filter=userName+eq+%22a%2bb%40x.test%22&",
        "filter=userName%20eq%20%22a%2Bb%40x.test%22&startIndex=1&count=100",
        "attributes=userName&filter=userName%20eq%20%22A%2bB%40x.test%22",
        "&&filter=userName+eq+%22a%2Bb%40x.test%22&&",
        "FILTER=userName+eq+%22a%2Bb%40x.test%22",
    ],
)
def test_a_filter_is_read_however_it_is_encoded(sp: Account, query: str) -> None:
    sp.user("a+b@x.test")

    assert sp.get(f"/Users?{query}")["totalResults"] == 1
