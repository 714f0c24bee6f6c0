"""Generated directories look like real ones, are always the same, and cost nothing until looked at."""

from __future__ import annotations

import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from itertools import islice

import pytest

from idpsim.directory import Directory
from idpsim.scenario.generate import Groups, People, group_name
from idpsim.scenario.load import Scenario

Load = Callable[..., Scenario]


def test_a_person_is_the_same_whatever_else_is_made() -> None:
    assert People(10)["p7"] == People(1_000_000)["p7"]
    assert People(10, seed=1)["p7"] != People(10, seed=2)["p7"]


def test_100_000_people_cost_no_memory_until_they_are_looked_at(load: Load) -> None:
    tracemalloc.start()
    script = load("directory: {generate: {people: 100000, groups: 50}}\nsteps:\n- assign: all").script("okta")
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(script.people) == 100_000
    assert used < 1_000_000
    assert script.steps[0].everyone


def test_all_user_names_are_unique_and_can_be_addresses() -> None:
    names = [person.userName for person in People(5000, seed=3).values()]

    assert len({name.lower() for name in names}) == 5000
    assert all(name.isascii() and name.count("@") == 1 and " " not in name and ".." not in name for name in names)
    assert any("'" in name for name in names)
    assert any("+" in name for name in names)
    assert any("-" in name for name in names)


def test_names_have_accents_and_other_scripts() -> None:
    shown = [str(person.displayName) for person in People(2000).values()]

    assert any("é" in name for name in shown)
    assert any("O'" in name for name in shown)
    assert any("佐藤" in name for name in shown)
    assert any("حسن" in name for name in shown)


def test_managers_come_before_those_who_report_to_them() -> None:
    people = People(500)
    managers = {int(key[1:]): person.manager for key, person in people.items()}

    assert managers[1] is None
    assert all(int(manager[1:]) < index for index, manager in managers.items() if manager)
    assert sum(manager is not None for manager in managers.values()) > 400


def test_everyone_is_in_one_to_three_groups_and_groups_differ_in_size() -> None:
    groups = Groups(40, 5000, seed=7)
    memberships = Counter(member for group in groups.values() for member in group.members)
    sizes = sorted(len(group.members) for group in groups.values())

    assert set(memberships) == set(People(5000))
    assert set(memberships.values()) == {1, 2, 3}
    assert sizes[-1] > 5 * sizes[0] > 0


def test_the_names_of_groups_are_unique() -> None:
    assert len({group_name(index) for index in range(10_000)}) == 10_000


@pytest.mark.parametrize("people", [1, 2, 3, 7])
def test_few_people_and_many_groups_fit_together(people: int) -> None:
    members = {member for group in Groups(20, people).values() for member in group.members}

    assert members == set(People(people))


@pytest.mark.parametrize("key", ["p0", "p11", "p01", "p", "q1", "p1x", "p１", "p-1", ""])
def test_what_is_not_a_generated_name_is_not_there(key: str) -> None:
    people = People(10)

    assert key not in people
    with pytest.raises(KeyError):
        people[key]


def test_written_people_and_groups_stand_beside_generated_ones(load: Load) -> None:
    text = """\
directory:
  generate: {people: 10, groups: 2}
  people: {ada: {userName: ada@example.com, manager: p3}}
  groups: {mine: {displayName: Mine, members: [ada, p1, g1]}}
steps:
- assign: [ada, p10, g2]
- join: {person: p2, group: mine}
"""
    script = load(text).script("okta")

    assert list(script.people) == ["ada", *(f"p{number}" for number in range(1, 11))]
    assert list(script.groups) == ["mine", "g1", "g2"]
    assert Directory(script.people, script.groups).groups_of("p1")[0] == "mine"


def test_a_user_name_that_a_generated_person_has_is_refused(load: Load) -> None:
    taken = People(10)["p4"].userName.upper()
    text = f'directory:\n  generate: {{people: 10}}\n  people: {{ada: {{userName: "{taken}"}}}}\nsteps:\n- connect:'
    with pytest.raises(Exception, match=r"^s\.yaml:3:28: p4 already has the userName"):
        load(text)


def test_the_last_of_a_million_people_is_found_at_once() -> None:
    started = time.monotonic()
    people, groups = People(1_000_000), Groups(100, 1_000_000)
    list(islice(people.values(), 100))

    assert people["p1000000"].key == "p1000000"
    assert groups["g100"].members
    assert time.monotonic() - started < 2


def test_long_chains_of_managers_and_groups_need_no_recursion(load: Load) -> None:
    people = "".join(f"    a{i}: {{userName: a{i}, manager: a{i + 1}}}\n" for i in range(3000))
    groups = "".join(f"    b{i}: {{displayName: b{i}, members: [b{i + 1}]}}\n" for i in range(3000))
    text = f"directory:\n  people:\n{people}    a3000: {{userName: z, manager: a0}}\n  groups:\n{groups}"
    with pytest.raises(Exception, match=r"^s\.yaml:3:\d+: managers go round in a circle: a0 → a1"):
        load(text + "    b3000: {displayName: z}\nsteps:\n- connect:")
    fine = text.replace("{userName: z, manager: a0}", "{userName: z}")

    assert len(load(fine + "    b3000: {displayName: z}\nsteps:\n- connect:").script("okta").groups) == 3001
