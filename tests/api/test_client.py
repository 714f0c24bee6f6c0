"""A client plays the events of the scenario language one by one, and says what went wrong at the caller's own line."""

from __future__ import annotations

import inspect
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import idpsim
from idpsim import Client, Failed, Played, ScenarioError, Target, UsageError
from idpsim.api import known
from idpsim.api.modifiers import Modifiers
from idpsim.profiles import all_profiles
from idpsim.scenario.events import EVENTS, MODIFIERS
from idpsim.sp import ServiceProvider

PROFILES = tuple(all_profiles())
FORGETFUL = {"embedded": {"accept_and_forget": True}}
SUSPENDING = {"onelogin": {"on_removed": "suspend"}}
RENAMED = {"import": "import_"}
Play = Callable[[str], Any]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Runs a text as the file test_sp.py of a project, and returns what is called `it` there."""
    monkeypatch.chdir(tmp_path)

    def run(text: str) -> Any:
        file = tmp_path / "test_sp.py"
        file.write_text(dedent(text))
        names: dict[str, Any] = {"__name__": "test_sp"}
        exec(compile(file.read_text(), str(file), "exec"), names)
        return names.get("it")

    return run


def hosted(profile: str = "okta") -> tuple[ServiceProvider, Target]:
    """A service provider as an application, and how it is connected to."""
    provider = ServiceProvider(base_url="http://localhost")
    token = provider.issue_token(profile)
    return provider, Target(provider.wsgi, provider.endpoint(profile), token=token)


def users(provider: ServiceProvider) -> list[str]:
    """The names of all who are called Example, as people are by default."""
    return [str(each["userName"]) for each in provider.find("user", "name.familyName", "Example")]


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_assigns_updates_and_unassigns(profile: str) -> None:
    with idpsim.client(profile, settings=SUSPENDING) as client:
        ada = client.person("ada", title="Analyst")
        assigned = client.assign(ada, expect={"user": {"active": True, "title": "Analyst"}})
        updated = client.update(ada, set={"title": "Countess"}, expect={"user": {"title": "Countess"}})
        unassigned = client.unassign(ada, expect={"user": {"active": False}})

    assert [each.outcomes["ada"] for each in (assigned, updated, unassigned)] == ["done", "done", "done"]
    assert all(each.sent for each in (assigned, updated, unassigned))
    assert {each.by for each in assigned.sent} == {"vendor"}
    assert client.left == ()


@pytest.mark.parametrize("profile", PROFILES)
def test_an_application_object_is_a_service_provider(profile: str) -> None:
    provider, target = hosted(profile)

    with idpsim.client(profile, target) as client:
        ada = client.person("ada")
        client.assign(ada)
        there = users(provider)

    assert there == [ada.userName]
    assert users(provider) == []


def test_names_are_as_the_service_provider_sees_them() -> None:
    provider, target = hosted()

    with idpsim.client("okta", target, suffix="k3x9") as okta:
        ada = okta.person("ada")
        okta.assign(ada)
        there = users(provider)

    assert ada.userName == "ada.k3x9@example.com"
    assert there == [ada.userName]


def test_without_a_suffix_names_are_as_they_are_written() -> None:
    with idpsim.client("okta", keep_names=True) as okta:
        names = (okta.person("ada").userName, okta.group("eng", "Engineering").displayName)

    assert names == ("ada@example.com", "Engineering")


def test_a_name_that_is_taken_stops_the_event_where_names_are_kept() -> None:
    provider, target = hosted()
    provider.create("user", {"userName": "grace@example.com", "name": {"familyName": "Example"}})

    with idpsim.client("okta", target, keep_names=True) as okta:
        okta.assign(okta.person("ada"))
        okta.person("grace")
        with pytest.raises(idpsim.IdpsimError, match=r"the user grace@example\.com is at the service provider already"):
            okta.assign("grace")

    assert users(provider) == ["grace@example.com"]


def test_somebody_who_is_known_is_looked_up_as_they_are_now() -> None:
    with idpsim.client("okta", suffix="k3x9") as okta:
        okta.person("ada", title="Analyst")
        okta.update("ada", set={"userName": "countess@example.com", "title": None})
        ada = okta.person("ada")

    assert (ada.userName, ada.title) == ("countess.k3x9@example.com", None)


def test_somebody_new_has_a_name_and_whatever_else_is_given() -> None:
    with idpsim.client("okta", keep_names=True) as okta:
        boss = okta.person("grace")
        ada = okta.person("ada", familyName=None, manager=boss, custom={"badge": 7})

    assert (ada.userName, ada.givenName, ada.familyName) == ("ada@example.com", "Ada", None)
    assert (ada.manager, ada.custom) == ("grace", {"badge": "7"})


def test_the_directory_may_be_given_at_once() -> None:
    people = {"ada": {"userName": "ada@example.com"}}
    groups = {"eng": {"displayName": "Engineering", "members": ["ada"]}}

    with idpsim.client("okta", directory={"people": people, "groups": groups}, keep_names=True) as okta:
        okta.assign("ada")
        pushed = okta.push("eng", expect={"group": {"members": ["ada"]}})

    assert pushed.passed
    assert okta.name == "test_the_directory_may_be_given_at_once"


def test_groups_are_pushed_with_their_members() -> None:
    with idpsim.client("okta") as okta:
        ada, grace = okta.person("ada"), okta.person("grace")
        engineering = okta.group("engineering", members=[ada])
        okta.assign(ada, grace)
        okta.push(engineering, expect={"group": {"members": [ada]}})
        okta.join(grace, engineering, expect={"group": {"members": [ada, grace]}})
        left = okta.leave([ada, grace], "engineering", expect={"group": {"members": []}})

    assert left.passed
    assert engineering.displayName.startswith("Engineering ")


def test_the_id_at_the_service_provider_is_known_while_somebody_is_there() -> None:
    provider, target = hosted()

    with idpsim.client("okta", target) as okta:
        ada, eng = okta.person("ada"), okta.group("eng", members=["ada"])
        before = okta.id_of(ada)
        okta.assign(ada)
        okta.push(eng)
        ids = (okta.id_of("ada"), okta.id_of(eng))
        user, group = (
            provider.find("user", "userName", ada.userName),
            provider.find("group", "displayName", eng.displayName),
        )
        there = (user[0]["id"], group[0]["id"])

    assert before is None
    assert ids == there


def test_a_failure_shows_the_callers_line_and_how_to_repeat_it(play: Play) -> None:
    failed = play(
        """\
        import idpsim

        def test_joiner():
            with idpsim.client("okta", {"embedded": {"drop_attributes": ["title"]}}, suffix="k3x9",
                               again="pytest test_sp.py::test_joiner") as okta:
                ada = okta.person("ada", title="Analyst")
                okta.connect()
                okta.assign(ada, expect={"user": {"title": "Analyst"}})

        try:
            test_joiner()
        except idpsim.Failed as error:
            it = error
        """
    )

    lines = str(failed).splitlines()

    assert lines[:13] == [
        "test_joiner  test_sp.py",
        "  as okta: Okta, SCIM 2.0 test app and integration-network apps",
        "  against the embedded service provider with drop_attributes: ['title']",
        "  FAIL  assign ada",
        "        note: title is not kept by this service provider",
        '        ada: title is not there, expected "Analyst"',
        "        test_sp.py:8:9",
        "          7 |         okta.connect()",
        '          8 |         okta.assign(ada, expect={"user": {"title": "Analyst"}})',
        "            |         ^^^^^^^^^^^",
        "",
        "        > POST http://sp.idpsim.test/scim/okta/v2/Users",
        "          Content-Type: application/scim+json; charset=utf-8",
    ]
    assert lines[-2:] == ["", "        again  pytest test_sp.py::test_joiner"]


def test_a_failure_in_a_helper_of_another_file_shows_that_file(play: Play, tmp_path: Path) -> None:
    (tmp_path / "helping.py").write_text("def joins(okta, who):\n    return okta.assign(who, check=False, settle=1)\n")
    sys.modules.pop("helping", None)

    error = play(
        f"""\
        import sys
        import idpsim
        sys.path.insert(0, {str(tmp_path)!r})
        import helping
        sys.path.pop(0)
        try:
            with idpsim.client("okta") as okta:
                helping.joins(okta, okta.person("ada"))
        except idpsim.ScenarioError as error:
            it = error
        """
    )

    assert str(error) == "helping.py:2:12: expected true or false, found '1'"
    del sys.modules["helping"]


def test_without_check_what_is_wrong_is_returned() -> None:
    with idpsim.client("okta", FORGETFUL) as okta:
        played = okta.assign(okta.person("ada", title="Analyst"), check=False)

    assert not played.passed
    assert [each.kind for each in played.failures] == ["verification"]
    assert (played.event, played.outcome, dict(played.outcomes)) == ("assign", "done", {"ada": "done"})
    assert repr(played) == "<Played assign ada: done, wrong>"
    assert "FAIL  assign ada" in str(played)


def test_what_is_wrong_is_an_assertion_that_carries_what_was_played() -> None:
    with idpsim.client("okta") as okta:
        ada = okta.person("ada", title="Analyst")
        with pytest.raises(AssertionError) as failed:
            okta.assign(ada, expect={"user": {"title": "Countess"}})

    assert isinstance(failed.value, Failed)
    assert failed.value.played.failures[0].message == 'ada: title is "Analyst", expected "Countess"'
    assert str(failed.value) == str(failed.value.played)


def test_what_passed_can_be_read_too() -> None:
    with idpsim.client("okta") as okta:
        played = okta.assign(okta.person("ada"), name="Ada joins")

    assert str(played).splitlines()[3] == "  ok    Ada joins (assign ada)"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda it: it.assign("adda"), "unknown person or group 'adda', did you mean 'ada'?"),
        (lambda it: it.assign(), "expected people or groups: one, a list, or `all`, found nothing"),
        (lambda it: it.assign("ada", "ada"), "'ada' stands here twice"),
        (lambda it: it.assign("ada", expct={}), "unknown key 'expct', did you mean 'expect'?"),
        (lambda it: it.assign("ada", expect={"usr": {}}), "unknown key 'usr', did you mean 'user'?"),
        (lambda it: it.assign("ada", expect={"outcome": "dun"}), "unknown value 'dun'"),
        (lambda it: it.assign("ada", fault={"on": "POST /Users"}), "do is missing"),
        (lambda it: it.update("ada", set={"titel": "Dr"}), "unknown key 'titel', did you mean 'title'?"),
        (lambda it: it.push("ada"), "'ada' is a person; a group is needed here"),
        (lambda it: it.unpush("eng", delete="yes"), "expected true or false, found 'yes'"),
        (lambda it: it.join("ada", "engg"), "unknown group 'engg', did you mean 'eng'?"),
        (lambda it: it.at_sp("burn"), "unknown value 'burn'"),
        (lambda it: it.at_sp("create"), "at-sp: create needs user or group"),
        (lambda it: it.settings(create_user=True), "unknown switch 'create_user', did you mean 'create_users'?"),
        (lambda it: it.sign_in("ada", tamper="xsw"), "unknown tampering 'xsw'"),
        (lambda it: it.person("ada", title="Dr"), "'ada' is already the name of a person"),
        (lambda it: it.person("eng"), "'eng' is already the name of a group"),
        (lambda it: it.person("all"), "'all' is a word of the language and cannot be a name"),
        (lambda it: it.person("bob", titel="Dr"), "unknown key 'titel', did you mean 'title'?"),
        (lambda it: it.person("bob", userName="ADA@example.com"), "ada already has the userName 'ADA@example.com'"),
        (lambda it: it.person("bob", manager="adda"), "unknown person 'adda', did you mean 'ada'?"),
        (lambda it: it.group("two", "Engineering"), "eng already has the displayName 'Engineering'"),
        (lambda it: it.group("two", members=["adda"]), "unknown person or group 'adda', did you mean 'ada'?"),
        (lambda it: it.group("two", members=["ada", "ada"]), "'ada' stands here twice"),
    ],
)
def test_a_mistake_is_told_as_in_a_scenario_at_the_callers_place(call: Callable[[Any], Any], said: str) -> None:
    with idpsim.client("okta") as okta:
        okta.person("ada")
        okta.group("eng", "Engineering", members=["ada"])
        with pytest.raises(ScenarioError) as refused:
            call(okta)
        sent = len(okta.transcript)

    assert refused.value.message.startswith(said)
    assert refused.value.place.file.endswith("test_client.py")
    assert sent == 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda it: it.person(None),
            "a person is named by a key, which is text, or by what person returned, found None",
        ),
        (
            lambda it: it.person(["ada"]),
            "a person is named by a key, which is text, or by what person returned, found a",
        ),
        (
            lambda it: it.person(it.group("eng")),
            "a person is named by a key, which is text, or by what person returned",
        ),
        (lambda it: it.group(5), "a group is named by a key, which is text, or by what group returned, found a value"),
        (lambda it: it.assign("ada", check="no"), "check is True or False, found 'no'"),
        (lambda it: it.group("two", members=5), "members are people and groups, found a value of type int"),
        (lambda it: it.id_of(None), "a person or group is named by a key, which is text, or by what person or group"),
    ],
)
def test_a_value_of_another_type_is_refused(call: Callable[[Any], Any], said: str) -> None:
    with idpsim.client("okta") as okta:
        okta.person("ada")
        okta.group("eng")
        with pytest.raises(UsageError) as refused:
            call(okta)

    assert str(refused.value).startswith(said)


def test_a_hint_is_about_what_python_would_say() -> None:
    with idpsim.client("okta") as okta:
        ada = okta.person("ada")
        with pytest.raises(ScenarioError) as refused:
            okta.sign_in(ada, expect={"signed-in": "ada"})

    assert (refused.value.message, refused.value.hint) == (
        "expected true or false, found 'ada'",
        "True or False, not a text",
    )


def test_the_id_of_somebody_unknown_is_asked_of_nobody() -> None:
    with idpsim.client("okta") as okta:
        okta.person("ada")
        with pytest.raises(ScenarioError) as refused:
            okta.id_of("adda")

    assert refused.value.message == "unknown person or group 'adda', did you mean 'ada'?"
    assert refused.value.place.file.endswith("test_client.py")


@pytest.mark.parametrize(
    "call",
    [
        lambda it, ada, eng: it.assign(ada),  # noqa: ARG005
        lambda it, ada, eng: it.assign("ada", ada),  # noqa: ARG005
        lambda it, ada, eng: it.join([ada], "eng"),  # noqa: ARG005
        lambda it, ada, eng: it.push(eng),  # noqa: ARG005
        lambda it, ada, eng: it.provision_on_demand("eng", members=[ada]),  # noqa: ARG005
        lambda it, ada, eng: it.person(ada),  # noqa: ARG005
        lambda it, ada, eng: it.person("bob", manager=ada),  # noqa: ARG005
        lambda it, ada, eng: it.group("two", members=[ada]),  # noqa: ARG005
        lambda it, ada, eng: it.id_of(ada),  # noqa: ARG005
        lambda it, ada, eng: it.assign("ada", expect={"group": {"of": eng}}),  # noqa: ARG005
    ],
)
def test_a_namesake_of_another_client_is_refused(call: Callable[[Any, Any, Any], Any]) -> None:
    with idpsim.client("okta", suffix="k3x9") as okta, idpsim.client("entra", suffix="z2z2") as entra:
        theirs = okta.person("ada"), okta.group("eng", "Engineering")
        entra.person("ada")
        entra.group("eng", "Engineering")
        with pytest.raises(UsageError, match=r"k3x9.* is not the (ada|eng) of this client: it is another's"):
            call(entra, *theirs)
        sent = len(entra.transcript)

    assert sent == 0


def test_a_group_that_is_deleted_is_not_looked_up() -> None:
    with idpsim.client("okta") as okta:
        eng = okta.group("eng")
        okta.delete(eng)
        with pytest.raises(UsageError, match="the group eng has been deleted"):
            okta.group(eng)


def test_somebody_stays_known_by_what_was_returned_under_an_earlier_name() -> None:
    with idpsim.client("okta") as okta:
        ada, eng = okta.person("ada"), okta.group("eng", "Engineering")
        okta.assign(ada)
        okta.push(eng)
        for number in range(2):
            okta.update(ada, set={"userName": f"countess{number}@example.com"})
            okta.update(eng, set={"displayName": f"Engines {number}"})
        joined = okta.join(ada, eng, expect={"group": {"members": [ada]}})

    assert joined.passed


def test_a_span_of_time_may_be_text_or_a_timedelta() -> None:
    with idpsim.client("entra") as entra:
        waited = [entra.wait("40m"), entra.advance(timedelta(minutes=40))]

    assert [each.result.at for each in waited] == [2400.0, 4800.0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"sso": {"protocl": "saml"}}, "unknown key 'protocl', did you mean 'protocol'?"),
        ({"settings": {"create_user": True}}, "unknown switch 'create_user', did you mean 'create_users'?"),
        ({"directory": {"people": {"ada": {}}}}, "userName is missing"),
        ({"verify": "no"}, "expected true or false, found 'no'"),
    ],
)
def test_a_mistake_in_a_block_is_told_before_anything_is_sent(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        idpsim.client("okta", **arguments)

    assert refused.value.message == said
    assert refused.value.place.file.endswith("test_client.py")


@pytest.mark.parametrize(
    ("profile", "arguments", "said"),
    [
        ("oktaa", {}, "unknown profile 'oktaa', did you mean 'okta'?"),
        ("all", {}, "one profile is meant here, not all"),
        ("okta", {"suffix": "a b"}, "a suffix is letters and digits, 20 at most, not 'a b'"),
        ("okta", {"suffix": "a", "keep_names": True}, "suffix and keep_names exclude each other"),
        ("okta", {"suffix": 5}, "suffix is text, found a value of type int"),
        ("okta", {"timeout": 0}, "timeout is a number of seconds, more than 0 and 86400 at most, found 0"),
        ("okta", {"timeout": "x"}, "timeout is a number of seconds, more than 0 and 86400 at most, found 'x'"),
        ("okta", {"timeout": float("nan")}, "timeout is a number of seconds, more than 0 and 86400 at most, found nan"),
        ("okta", {"timeout": 1e30}, "timeout is a number of seconds, more than 0 and 86400 at most, found 1e+30"),
        ("okta", {"max_wait": None}, "max_wait is a number of seconds, 0 or more and 86400 at most, found None"),
        ("okta", {"seed": "x"}, "seed is a whole number, found 'x'"),
        ("okta", {"seed": True}, "seed is a whole number, found True"),
        ("okta", {"keep": "no"}, "keep is True or False, found 'no'"),
        ("okta", {"keep_names": 1}, "keep_names is True or False, found 1"),
        ("okta", {"name": 5}, "name is text, found a value of type int"),
        ("okta", {"again": None}, "again is text, found None"),
        (
            "okta",
            {"server": "http://localhost"},
            "server is what `with idpsim.serve() as served:` gives, found a value",
        ),
        ("okta", {"server": idpsim.serve()}, "server is what `with idpsim.serve() as served:` gives, found a value"),
        (None, {}, "the name of a profile is text, found None"),
        (["okta"], {}, "the name of a profile is text, found a value of type list"),
    ],
)
def test_options_that_cannot_be_are_refused(profile: Any, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        idpsim.client(profile, **arguments)

    assert str(refused.value).startswith(said)


def test_secrets_are_shown_nowhere() -> None:
    _, target = hosted()
    assert target.token is not None

    with idpsim.client("okta", target, settings={"sync_password": True}) as okta:
        ada = okta.person("ada")
        okta.assign(ada)
        played = okta.set_password(ada, password="hunter2-s3cret")
        with pytest.raises(Failed) as failed:
            okta.rotate_token(token="another-s3cret", expect={"outcome": "skipped"})
    shown = "\n".join([str(played), repr(played), str(failed.value), repr(failed.value), repr(okta), repr(target)])

    assert "hunter2-s3cret" not in shown
    assert "another-s3cret" not in shown
    assert target.token not in shown


def test_what_the_service_provider_echoes_of_a_secret_is_in_no_result() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        told = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": environ["HTTP_AUTHORIZATION"]}
        start_response("403 Forbidden", [("Content-Type", "application/scim+json")])
        return [json.dumps(told).encode()]

    with idpsim.client("okta", Target(app, "/scim", token="t0p-s3cret")) as okta:
        played = okta.assign(okta.person("ada"), check=False)
    texts = [*(each.message for each in played.failures), *played.reasons.values(), *played.notes, *okta.left]

    assert any("[redacted]" in text for text in texts)
    assert "t0p-s3cret" not in "\n".join(
        [*texts, repr(played.failures), repr(played.result), str(played), repr(played)]
    )


def test_settings_may_be_those_of_the_profile_or_by_vendor() -> None:
    with idpsim.client("okta", settings={"create_users": False}) as okta:
        flat = okta.assign(okta.person("ada")).outcome
    with idpsim.client("okta", settings={"okta": {"create_users": False}}) as okta:
        by_vendor = okta.assign(okta.person("ada")).outcome
        okta.settings(create_users=True)
        later = okta.assign(okta.person("grace")).outcome

    assert (flat, by_vendor, later) == ("skipped", "skipped", "done")


def test_a_fault_strikes_its_event_only() -> None:
    with idpsim.client("okta") as okta:
        ada = okta.person("ada")
        struck = okta.assign(ada, fault={"on": "POST /Users", "do": "status", "status": 503}, check=False)
        retried = okta.retry(ada)

    assert struck.outcome == "failed"
    assert [each.fault for each in struck.sent if each.request.method == "POST"] == ["answered 503 by idpsim"]
    assert retried.outcome == "done"


def test_people_sign_in_to_the_embedded_service_provider() -> None:
    with idpsim.client("okta", sso={"protocol": "saml"}) as okta:
        ada = okta.person("ada")
        okta.assign(ada)
        signed_in = okta.sign_in(ada, expect="signed-in")
        attacked = okta.sign_in(ada, tamper="xsw3")
        signed_out = okta.sign_out(ada)

    assert [each.outcome for each in (signed_in, attacked, signed_out)] == ["done", "done", "done"]
    assert "browser" in {each.by for each in signed_in.exchanges}


def test_two_clients_play_at_once_on_one_application() -> None:
    provider = ServiceProvider(base_url="http://localhost")
    targets = [
        Target(provider.wsgi, provider.endpoint(name), token=provider.issue_token(name)) for name in ("okta", "entra")
    ]

    with idpsim.client("okta", targets[0]) as okta, idpsim.client("entra", targets[1]) as entra:
        for client in (okta, entra):
            client.assign(client.person("ada"))
        okta.unassign("ada", expect={"user": {"active": False}})
        entra.sync(expect={"user": {"of": "ada", "active": True}})
        there = len(users(provider))

    assert there == 2
    assert users(provider) == []


def test_an_error_in_the_block_is_not_hidden_and_what_was_created_is_removed() -> None:
    provider, target = hosted()

    def block() -> float:
        with idpsim.client("okta", target) as okta:
            okta.assign(okta.person("ada"))
            return 1 / 0

    with pytest.raises(ZeroDivisionError):
        block()

    assert users(provider) == []


def test_an_interrupted_event_is_cleaned_up_and_stays_an_interrupt() -> None:
    provider, _ = hosted()
    interrupting = {"on": False}

    def app(environ: Any, start_response: Any) -> Any:
        if interrupting["on"] and environ["REQUEST_METHOD"] == "PUT":
            raise KeyboardInterrupt
        return provider.wsgi(environ, start_response)

    target = Target(app, provider.endpoint("okta"), token=provider.issue_token("okta"))

    def block() -> None:
        with idpsim.client("okta", target) as okta:
            okta.assign(okta.person("ada"))
            interrupting["on"] = True
            okta.update("ada", set={"title": "Countess"})

    with pytest.raises(KeyboardInterrupt):
        block()

    assert users(provider) == []


def test_what_could_not_be_removed_is_listed() -> None:
    provider, _ = hosted()

    def app(environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "DELETE":
            start_response("403 Forbidden", [])
            return [b""]
        return provider.wsgi(environ, start_response)

    target = Target(app, provider.endpoint("okta"), token=provider.issue_token("okta"))
    with idpsim.client("okta", target) as okta:
        okta.assign(okta.person("ada"))
        there = okta.id_of("ada")

    assert okta.left == (f"/Users/{there}: DELETE was answered 403",)


def test_events_of_several_threads_are_played_one_after_the_other() -> None:
    with idpsim.client("okta") as okta, ThreadPoolExecutor(4) as threads:
        names = [f"p{number}" for number in range(12)]
        every = list(threads.map(lambda name: okta.assign(okta.person(name)), names))

    assert [each.result.subjects for each in every] == [(name,) for name in names]
    for name, played in zip(names, every, strict=True):
        bodies = [each.request.body or b"" for each in played.sent if each.request.method == "POST"]
        assert [name.encode() + b"." in body for body in bodies] == [True]


def test_a_failure_travels_between_processes_with_its_report() -> None:
    with idpsim.client("okta", FORGETFUL) as okta, pytest.raises(Failed) as failed:
        okta.assign(okta.person("ada", title="Analyst"))
    failed.value.add_note("in another process")

    come = pickle.loads(pickle.dumps(failed.value))

    assert type(come) is Failed
    assert str(come) == str(failed.value)
    assert (come.played.result, come.played.exchanges) == (failed.value.played.result, failed.value.played.exchanges)
    assert come.__notes__ == ["in another process"]


class Several(Failed):
    """A failure of a project's own, made of something else."""

    def __init__(self, first: Played, *more: object) -> None:
        super().__init__(first)
        self.more = [*more, lambda: None]


def test_a_subclass_of_a_failure_travels_too() -> None:
    with idpsim.client("okta", FORGETFUL) as okta:
        played = okta.assign(okta.person("ada", title="Analyst"), check=False)

    come = pickle.loads(pickle.dumps(Several(played, 1, 2)))

    assert isinstance(come, Several)
    assert str(come) == str(played)


def test_an_exchange_is_shown_by_its_request_and_its_status() -> None:
    with idpsim.client("okta", suffix="k3x9") as okta:
        played = okta.assign(okta.person("ada"))

    assert [repr(each) for each in played.sent] == [
        "<Exchange GET /scim/okta/v2/Users?… 200>",
        "<Exchange POST /scim/okta/v2/Users 201>",
    ]
    assert [each.status for each in played.sent] == [200, 201]


def test_an_exchange_without_an_answer_has_no_status() -> None:
    with idpsim.client("okta") as okta:
        fault = {"on": "POST /Users", "do": "reset"}
        played = okta.assign(okta.person("ada"), fault=fault, check=False)
    posted = next(each for each in played.sent if each.request.method == "POST")

    assert posted.status is None
    assert repr(posted) == "<Exchange POST /scim/okta/v2/Users reset>"


def test_everything_stays_where_it_is_kept() -> None:
    provider, target = hosted()

    with idpsim.client("okta", target, keep=True) as okta:
        ada = okta.person("ada")
        okta.assign(ada)

    assert users(provider) == [ada.userName]


@pytest.mark.parametrize("call", [lambda it: it.assign("ada"), lambda it: it.person("ada"), lambda it: it.sync()])
def test_a_closed_client_refuses_events(call: Callable[[Any], Any]) -> None:
    with idpsim.client("okta") as okta:
        okta.person("ada")

    with pytest.raises(UsageError, match="this client is closed: it plays events within its with block only"):
        call(okta)


def test_the_transcript_is_readable_after_the_end() -> None:
    with idpsim.client("okta") as okta:
        played = okta.assign(okta.person("ada"))

    assert [each.number for each in okta.transcript][: len(played.exchanges)] == [e.number for e in played.exchanges]


def test_every_event_of_the_language_is_a_method() -> None:
    for name, event in EVENTS.items():
        method = getattr(Client, RENAMED.get(name, name.replace("-", "_")))
        taken = set(inspect.signature(method).parameters)

        assert {key.name for key in event.arguments} <= taken, name
        assert method.__doc__, name


def test_every_modifier_of_the_language_is_a_keyword_and_no_switch_is() -> None:
    switches = {name for settings in known().settings.values() for name in settings}

    assert set(Modifiers.__annotations__) == {*MODIFIERS, "check"}
    assert not switches & {*Modifiers.__annotations__}


def test_what_is_public_can_be_imported_and_nothing_is_before() -> None:
    heavy = "{'requests', 'lxml', 'flask', 'authlib', 'saml2', 'cryptography', 'werkzeug', 'joserfc'}"
    program = (
        "import sys; before = set(sys.modules)\n"
        "import idpsim; print(*sorted({m for m in set(sys.modules) - before if m != 'idpsim'}), sep=',')\n"
        f"from idpsim import client, Target; client('okta'); print(*({heavy} & set(sys.modules)), sep=',')\n"
        "print(all(getattr(idpsim, name) is not None for name in idpsim.__all__))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "\n\nTrue\n"
    assert done.stderr == ""


def test_what_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match=re.escape("module 'idpsim' has no attribute 'assign'")):
        _ = idpsim.assign  # type: ignore[attr-defined]


def test_the_names_of_all_profiles_are_clients() -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(idpsim.client(name)) for name in PROFILES]

    assert [each.profile for each in clients] == list(PROFILES)
