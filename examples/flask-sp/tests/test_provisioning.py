"""What Okta, Entra ID and OneLogin do to the accounts of the wiki: each test runs once as each of them."""

from __future__ import annotations

from idpsim import Client

from wiki.accounts import Accounts


def test_a_joiner_may_log_in(idp: Client, accounts: Accounts) -> None:
    ada = idp.person("ada", givenName="Ada", familyName="Lovelace", title="Analyst")

    idp.assign(ada, expect={"user": {"name.familyName": "Lovelace"}})

    assert accounts.may_log_in(ada.userName)


def test_a_mover_is_brought_up_to_date(idp: Client) -> None:
    ada = idp.person("ada", title="Analyst")
    idp.assign(ada)

    idp.update(ada, set={"title": "Countess"}, expect={"user": {"title": "Countess", "active": True}})


def test_a_leaver_may_not_log_in(idp: Client, accounts: Accounts) -> None:
    ada, grace = idp.person("ada"), idp.person("grace")
    idp.assign(ada, grace)

    idp.unassign(ada, expect={"user": {"active": False}})

    assert not accounts.may_log_in(ada.userName)
    assert accounts.may_log_in(grace.userName)


def test_who_comes_back_gets_the_same_account(idp: Client, accounts: Accounts) -> None:
    ada = idp.person("ada")
    idp.assign(ada)
    account = idp.id_of(ada)
    idp.unassign(ada)

    idp.assign(ada)

    assert idp.id_of(ada) == account
    assert accounts.may_log_in(ada.userName)


def test_a_group_follows_its_members(idp: Client, accounts: Accounts) -> None:
    ada, grace = idp.person("ada"), idp.person("grace")
    writers = idp.group("writers", "Writers", members=[ada])
    idp.assign(ada, grace)
    idp.push(writers)

    idp.join(grace, writers)
    idp.leave(ada, writers)

    assert accounts.members(writers.displayName) == {grace.userName}
