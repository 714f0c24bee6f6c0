"""What Okta, Entra ID and OneLogin do to the accounts of the shop: each test runs once as each of them."""

from __future__ import annotations

from idpsim import Client

from people.models import Group, User


def test_a_joiner_gets_an_account(idp: Client) -> None:
    ada = idp.person("ada", givenName="Ada", familyName="Lovelace", title="Analyst")

    idp.assign(ada)

    user = User.objects.get(username=ada.userName)
    assert (user.get_full_name(), user.title, user.is_active) == ("Ada Lovelace", "Analyst", True)


def test_a_mover_is_brought_up_to_date(idp: Client) -> None:
    ada = idp.person("ada", title="Analyst")
    idp.assign(ada)

    idp.update(ada, set={"title": "Countess", "familyName": "King"})

    user = User.objects.get(username=ada.userName)
    assert (user.title, user.last_name) == ("Countess", "King")


def test_a_leaver_loses_access(idp: Client) -> None:
    ada = idp.person("ada")
    idp.assign(ada)

    idp.unassign(ada, expect={"user": {"active": False}})

    assert not User.objects.get(username=ada.userName).is_active


def test_a_group_is_pushed_with_its_members(idp: Client) -> None:
    ada, grace = idp.person("ada"), idp.person("grace")
    buyers = idp.group("buyers", "Buyers", members=[ada])
    idp.assign(ada, grace)

    idp.push(buyers)
    idp.join(grace, buyers)

    assert members(buyers.displayName) == {ada.userName, grace.userName}


def test_who_leaves_a_group_loses_its_rights(idp: Client) -> None:
    ada, grace = idp.person("ada"), idp.person("grace")
    buyers = idp.group("buyers", "Buyers", members=[ada, grace])
    idp.assign(ada, grace)
    idp.push(buyers)

    idp.leave(ada, buyers)

    assert members(buyers.displayName) == {grace.userName}


def members(group: str) -> set[str]:
    return set(Group.objects.get(name=group).user_set.values_list("username", flat=True))
