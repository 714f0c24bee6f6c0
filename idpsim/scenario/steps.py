"""One step: exactly one event, its arguments, and what else a step takes."""

# ruff: noqa: ARG002 - every shape has the same three methods, whether or not it needs what they are given.

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from idpsim.errors import ScenarioError
from idpsim.scenario.events import AT_SP, EVENTS, FAULT, FAULTS, MODIFIERS, Event
from idpsim.scenario.expectations import expectations
from idpsim.scenario.known import Known, listed
from idpsim.scenario.model import FaultSpec, Step, Verification
from idpsim.scenario.nodes import Entries, Items, Node, Scalar
from idpsim.scenario.reading import Reading, Subjects, expected, unknown_key
from idpsim.scenario.scalars import Schema

_ACTS = {act.name: act for act in AT_SP}
_FAULTS = {fault.name: fault for fault in FAULTS}
_ALWAYS = frozenset({"on", "do", "times", "after"})
_ARGUMENTS = {name: {key.name: key for key in event.arguments} for name, event in EVENTS.items()}


@dataclass(frozen=True, slots=True)
class StepShape:
    """The shape of one step; read as a `Step` as one profile plays it."""

    own: ClassVar[frozenset[str]] = frozenset()

    def read(self, node: Node, reading: Reading) -> Step:
        if not isinstance(node, Entries):
            raise expected("a step, such as `assign: NAME`", node)
        name, value = _event(node)
        event = EVENTS[name.text]
        _check_keys(node, event)
        only = _only(node, reading)
        if only is not None and reading.profile not in only:
            reading = replace(reading, idle=True, profile=only[0])
        got = event.takes.read(value, reading)
        reading = replace(reading, subjects=_subjects(got.values() if isinstance(got, dict) else (got,)))
        arguments = _arguments(event, got, node, reading)
        if event.name == "at-sp":
            reading = replace(reading, subjects=_at_sp(arguments, node))
        subjects = reading.subjects
        return Step(
            event=event.name,
            place=name.place,
            people=subjects.people,
            groups=subjects.groups,
            everyone=subjects.everyone,
            arguments=arguments,
            only=only,
            **_modifiers(node, reading),
        )

    def schema(self, known: Known) -> Schema:
        return {"$ref": "#/$defs/step"}

    def words(self) -> str:
        return "a step"


STEP = StepShape()


def varies(node: Node, known: Known) -> bool:
    """Whether a step may be another one for another profile."""
    if isinstance(node, Entries):
        if any(key.text in known.branches or key.text in ("only", "settings") for key, _ in node.entries):
            return True
        return any(type(value) is not Scalar and varies(value, known) for _, value in node.entries)
    return isinstance(node, Items) and any(varies(item, known) for item in node.items)


def verification(value: Any, otherwise: Verification) -> Verification:
    """`verify` as it is read: true, false, or a mapping with `within`."""
    if isinstance(value, Mapping):
        return Verification(True, value.get("within", otherwise.within))
    return replace(otherwise, on=value is not False)


def _event(node: Entries) -> tuple[Scalar, Node]:
    """The one key that is an event, and no argument of another (`unpush` takes `delete`)."""
    found = [(name, value) for name, value in node.entries if name.text in EVENTS]
    if len(found) > 1:
        found = [one for one in found if not any(one[0].text in _ARGUMENTS[name.text] for name, _ in found)]
    if len(found) == 1:
        return found[0]
    if found:
        message = f"two events in one step, {found[0][0].text} and {found[1][0].text}"
        raise ScenarioError(message, found[1][0].place, "make them two steps")
    for name, _ in node.entries:
        if name.text not in MODIFIERS and not any(name.text in arguments for arguments in _ARGUMENTS.values()):
            raise unknown_key(name, EVENTS, "event")
    raise ScenarioError("this step has no event", node.place, f"one of: {listed(EVENTS)}")


def _check_keys(node: Entries, event: Event) -> None:
    """Every key is the event, one of its arguments, or what any step takes; what the event needs is there."""
    allowed = _ARGUMENTS[event.name]
    for name, _ in node.entries:
        if name.text not in allowed and name.text not in MODIFIERS and name.text != event.name:
            raise unknown_key(name, (*allowed, *MODIFIERS))
    for key in event.arguments:
        if key.required and node.get(key.name) is None:
            raise ScenarioError(f"{event.name} needs {key.name}", node.place, f"{key.name}: {key.words()}")


def _only(node: Entries, reading: Reading) -> tuple[str, ...] | None:
    """The profiles that play the step; None is all."""
    value = node.get("only")
    if value is None:
        return None
    names = MODIFIERS["only"].read(value, replace(reading, idle=False))
    profiles = {profile for name in names for profile in reading.known.covered(name)}
    return tuple(profile for profile in reading.known.vendors if profile in profiles)


def _arguments(event: Event, got: Any, node: Entries, reading: Reading) -> dict[str, Any]:
    """The event's arguments by name, its own value among them."""
    known = _ARGUMENTS[event.name]
    arguments = {name.text: known[name.text].read(item, reading) for name, item in node.entries if name.text in known}
    if event.name == "provision-on-demand":
        _check_on_demand(reading.subjects, node)
    if event.name == "sign-in":
        _check_sign_in(arguments, node, reading)
    if event.value is None:
        return arguments
    own = {name: one.value for name, one in got.items()} if event.name == "settings" else got
    return {event.value: own, **arguments}


def _subjects(values: Iterable[Any]) -> Subjects:
    """All that is named, in one."""
    return sum((value for value in values if isinstance(value, Subjects)), Subjects())


def _at_sp(arguments: dict[str, Any], node: Entries) -> Subjects:
    """Whose resource it is; that argument becomes the step's subject."""
    act = _ACTS.get(arguments["do"])
    if act is None:  # a variable of a step that others play
        return Subjects()
    named = [(name, value) for name, value in node.entries if name.text in ("user", "group")]
    if act.resource and not named:
        raise ScenarioError(f"at-sp: {act.name} needs user or group", node.place, "user: NAME, or group: NAME")
    if named and not act.resource:
        raise ScenarioError(f"at-sp: {act.name} is about no {named[0][0].text}", named[0][0].place)
    if len(named) > 1:
        raise ScenarioError("user and group in one step", named[1][0].place, "make them two steps")
    given = next((name for name in node.entries if name[0].text == "set"), None)
    if given and act.set == "no":
        raise ScenarioError(f"at-sp: {act.name} takes no set", given[0].place)
    if not given and act.set == "must":
        raise ScenarioError(f"at-sp: {act.name} needs set", node.place, "set: {SCIM path: value}")
    user, group = arguments.pop("user", None), arguments.pop("group", None)
    return Subjects((user,) if user else (), (group,) if group else ())


def _check_on_demand(subjects: Subjects, node: Entries) -> None:
    members = node.get("members")
    if len(subjects.groups) > 1 or (subjects.groups and (subjects.people or subjects.everyone)):
        raise ScenarioError("on demand is people, or one group", node.place, "make them several steps")
    if members is not None and not subjects.groups:
        raise ScenarioError("members belong to a group, and this step names none", members.place)


def _check_sign_in(arguments: dict[str, Any], node: Entries, reading: Reading) -> None:
    """A tampering is of one protocol, which `via` follows; somebody else is the victim."""
    tamper, via, victim = arguments.get("tamper"), node.get("via"), node.get("victim")
    if victim is not None and node.get("tamper") is None:
        raise ScenarioError("a victim belongs to a tampered sign-in", victim.place, "tamper: NAME")
    if victim is not None and arguments["victim"] in reading.subjects.people:
        raise ScenarioError(f"{arguments['victim']} cannot pose as themselves", victim.place)
    protocol = reading.known.tampers.get(tamper) if tamper else None
    if protocol and via is not None and arguments["via"] not in (None, protocol):
        raise ScenarioError(f"{tamper} falsifies {protocol}, not {arguments['via']}", via.place, f"via: {protocol}")
    if protocol:
        arguments["via"] = protocol


def _modifiers(node: Entries, reading: Reading) -> dict[str, Any]:
    """The fields of a `Step` that any event may have."""
    values: dict[str, Any] = {}
    for name, value in node.entries:
        match name.text:
            case "expect":
                values["expect"] = expectations(value, reading)
            case "fault":
                items = value.items if isinstance(value, Items) else (value,)
                values["faults"] = tuple(_fault(item, reading) for item in items)
            case "verify":
                values["verify"] = verification(MODIFIERS["verify"].read(value, reading), reading.verify)
            case "name" | "settle" as key if key not in EVENTS:
                values[key] = MODIFIERS[key].read(value, reading)
    return values


def _fault(node: Node, reading: Reading) -> FaultSpec:
    values = FAULT.read(node, reading)
    fault = _FAULTS.get(values["do"])
    assert isinstance(node, Entries)
    for name, _ in node.entries:
        if fault is not None and name.text not in (*_ALWAYS, *fault.takes):
            hint = f"it takes: {listed(fault.takes)}" if fault.takes else None
            raise ScenarioError(f"{fault.name} takes no {name.text}", name.place, hint)
    body = values.get("body")
    limited = values["do"] == "rate-limit"
    return FaultSpec(
        on=values["on"],
        do=values["do"],
        place=node.place,
        times=values.get("times", 1),
        after=values.get("after", 0),
        status=values.get("status", 429 if limited else 503),
        seconds=values.get("for", 1.0),
        retry_after=values.get("retry-after", "1" if limited else None),
        body=body if body is None or isinstance(body, str) else json.dumps(body, ensure_ascii=False),
    )
