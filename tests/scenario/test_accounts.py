"""Whether SSO and SCIM mean one user is told by what the service provider's filter finds."""

from __future__ import annotations

import json

import pytest

from idpsim.clock import VirtualClock
from idpsim.directory import Directory, person
from idpsim.provisioning.app import App
from idpsim.provisioning.line import Line
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Connection
from idpsim.scenario.accounts import Accounts, Sight
from idpsim.scenario.reader import Reader
from idpsim.signon import SignInResult
from idpsim.transcript import Transcript
from idpsim.transport.faults import Sent
from idpsim.wire import Answer, NoResponse, Request, Response

ADA = person("ada", {"userName": "ada@x.test", "givenName": "Ada", "familyName": "O'Neil"})
BOB = person("bob", {"userName": "bob@x.test", "givenName": "Ada", "familyName": "O'Neil"})
EVE = person("eve", {"userName": "eve@x.test"})


def accounts(answer: Answer, pointed: bool = True) -> Accounts:
    """Accounts of ada, whose user is `u1`, at a service provider that gives one answer to everything."""
    app = App(Directory({"ada": ADA, "bob": BOB}, {}), {})
    app.links.keep(Promise("user", "bob", "u2"))
    app.links.keep(Promise("user", "ada", "u1", {"userName": "ada@x.test"}, created=True))

    def send(request: Request, probe: bool) -> Sent:  # noqa: ARG001
        return Sent(answer)

    return Accounts(
        app, Reader(Line(send, Transcript(), VirtualClock(), "idpsim"), Connection("http://sp.test")), pointed
    )


def found(*users: tuple[str, str]) -> Response:
    resources = [{"id": identifier, "userName": name} for identifier, name in users]
    return Response(200, (), json.dumps({"Resources": resources}).encode())


@pytest.mark.parametrize(
    "users", [[("u1", "ada@x.test")], [("u1", "ADA@x.test")], [("u1", "ada@x.test"), ("u2", "bob@x.test")]]
)
def test_one_user_of_the_name_is_one_account(users: list[tuple[str, str]]) -> None:
    assert accounts(found(*users)).second(ADA, ("ada@x.test",)) == ("", "")


@pytest.mark.parametrize(
    ("users", "shown", "message"),
    [
        ([("u2", "ada@x.test")], (), "ada: a second account: SSO signs in u2, SCIM made u1"),
        ([("u1", "ada@x.test"), ("u2", "ada@x.test")], (), "ada: a second account: SSO signs in u2, SCIM made u1"),
        ([("u3", "Ada@x.test"), ("u2", "ada@x.test")], ("u2",), "ada: a second account: SSO signs in u2, SCIM made u1"),
        ([], (), 'ada: the user that SCIM made, u1, is not found by userName eq "ada@x.test"'),
    ],
)
def test_more_than_one_or_none_is_not(users: list[tuple[str, str]], shown: tuple[str, ...], message: str) -> None:
    assert accounts(found(*users)).second(ADA, shown) == (message, "")


@pytest.mark.parametrize("answer", [Response(403), NoResponse("reset", "cut")])
def test_a_lookup_that_is_not_answered_tells_nothing(answer: Answer) -> None:
    wrong, note = accounts(answer).second(ADA)

    assert wrong == ""
    assert note.startswith("ada: whether there is a second account cannot be told: the lookup ")


def test_who_is_not_provisioned_has_no_second_account() -> None:
    assert accounts(found(("u9", "eve@x.test"))).second(EVE) == ("", "")


@pytest.mark.parametrize(
    ("shown", "page", "sight"),
    [
        (("u1",), "", Sight("ada", "u1")),
        ((" Ada@X.test ",), "", Sight("ada", " Ada@X.test ")),
        (("Ada O'Neil",), "", Sight("ada", "Ada O'Neil")),
        (("17", "bob@x.test", "Ada O'Neil"), "", Sight("bob", "17, bob@x.test")),
        (("u2", "ada@x.test"), "", Sight("ada", "ada@x.test")),
        (("u2", "x"), "", Sight("bob", "u2, x")),
        (("root@x.test",), "", Sight(None, "root@x.test", stranger=True)),
        (("17", " "), "", Sight(None, "17", stranger=True)),
        (("  ",), "", Sight()),
        ((), "<b>Ada O&#39;Neil</b>", Sight("ada", "its page")),
        ((), "ada@x.test.", Sight("ada", "its page")),
        ((), "ada@x.test.evil.test", Sight()),
        ((), "you are (bob@x.test)", Sight("bob", "its page")),
        ((), "", Sight()),
        (("help@sp.test", "Ada O'Neil, signed in"), "", Sight("ada", "Ada O'Neil, signed in")),
    ],
)
def test_who_is_seen_to_be_signed_in(shown: tuple[str, ...], page: str, sight: Sight) -> None:
    result = SignInResult("signed-in", shown=shown, page=page, told=bool(shown))

    assert accounts(found()).who(result, ADA) == sight


def test_what_is_shown_on_an_unknown_page_may_name_others_beside_the_person() -> None:
    result = SignInResult("signed-in", shown=("help@sp.test", "bob@x.test"), page="bob@x.test invited Ada@x.test.")

    assert accounts(found()).who(result, ADA) == Sight("ada", "its page")


def test_a_stranger_is_one_only_where_nothing_else_is_shown() -> None:
    told = SignInResult("signed-in", shown=("help@sp.test",), told=True)

    assert not accounts(found(), pointed=False).who(told, ADA).stranger


def test_a_page_of_any_size_is_looked_through_quickly() -> None:
    page = "a@b " * 3_000_000

    assert accounts(found()).who(SignInResult("signed-in", page=page), ADA) == Sight()
