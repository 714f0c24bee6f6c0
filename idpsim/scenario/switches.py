"""The app's switches as a scenario sets them: by vendor or profile, checked against what each profile has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from idpsim.errors import Place, ScenarioError
from idpsim.provisioning.settings import Setting
from idpsim.scenario.known import Known, listed, unknown
from idpsim.scenario.nodes import Entries, Node, Scalar
from idpsim.scenario.reading import Reading, expected, is_by_vendor, unknown_key
from idpsim.scenario.scalars import Choice, Flag, Json, Schema, Shape, Text, Whole
from idpsim.scenario.shapes import Key, Keys, ListOf

_MAPPING = Keys(rest=Key("an entry", Json(), "an entry"))


@dataclass(frozen=True, slots=True)
class Switched:
    """The value that a scenario gives to a switch, and where."""

    value: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Placed:
    """A shape whose value is read as `Switched`: for switches that someone else will check."""

    shape: Shape

    @property
    def own(self) -> frozenset[str] | None:
        return self.shape.own

    def read(self, node: Node, reading: Reading) -> Switched:
        return Switched(self.shape.read(node, reading), node.place)

    def schema(self, known: Known) -> Schema:
        return self.shape.schema(known)

    def words(self) -> str:
        return self.shape.words()


def shape_of(setting: Setting) -> Shape:
    """What a switch takes."""
    shapes: Mapping[str, Shape] = {
        "bool": Flag(),
        "int": Whole(-1_000_000_000, 1_000_000_000),
        "list": ListOf(Text()),
        "mapping": _MAPPING,
    }
    if setting.kind == "choice":
        return Choice(setting.choices)
    return shapes.get(setting.kind) or Text(null="clears" if setting.default is None else "text")


@dataclass(frozen=True, slots=True)
class Switches:
    """A mapping of switches by vendor or profile; with `flat` also one of the switches of whoever plays the step.

    Read as a mapping of name to `Switched`: a profile's own entry wins over its vendor's.
    """

    flat: bool = False
    own: ClassVar[None] = None

    def read(self, node: Node, reading: Reading) -> dict[str, Switched]:
        if not isinstance(node, Entries):
            raise expected(self.words(), node)
        if self.flat and not is_by_vendor(node, reading.known, frozenset(self._every(reading.known))):
            return self._block(node, (reading.profile,), reading)
        found: dict[str, dict[str, Switched]] = {}
        for key, block in node.entries:
            profiles = reading.known.covered(key.text)
            if not profiles:
                raise unknown_key(key, reading.known.names, "vendor or profile")
            mine = reading.profile in profiles
            found[key.text] = self._block(block, profiles, reading if mine else replace(reading, idle=True))
        profile, vendor, _ = reading.known.preference(reading.profile)
        had = reading.known.settings.get(profile, {})
        merged = {**found.get(vendor, {}), **found.get(profile, {})}
        return {name: switched for name, switched in merged.items() if name in had}

    def _block(self, node: Node, profiles: tuple[str, ...], reading: Reading) -> dict[str, Switched]:
        """Switches that at least one of `profiles` has; the reader's own profile decides what a value may be."""
        if not isinstance(node, Entries):
            raise expected("a mapping of switches", node)
        order = sorted(profiles, key=lambda profile: profile != reading.profile)
        return {name.text: self._switched(name, value, order, reading) for name, value in node.entries}

    def _switched(self, name: Scalar, value: Node, profiles: list[str], reading: Reading) -> Switched:
        for profile in profiles:
            setting = reading.known.settings.get(profile, {}).get(name.text)
            if setting is not None:
                return Switched(shape_of(setting).read(value, reading), value.place)
        raise _no_switch(name, profiles, reading.known)

    def _every(self, known: Known) -> list[str]:
        return [name for settings in known.settings.values() for name in settings]

    def schema(self, known: Known) -> Schema:
        def block(name: str) -> Schema:
            switches = {k: s for profile in known.covered(name) for k, s in known.settings.get(profile, {}).items()}
            keys = tuple(Key(name, shape_of(setting), setting.doc) for name, setting in switches.items())
            return Keys(keys).schema(known)

        by_vendor: Schema = {
            "type": "object",
            "properties": {name: block(name) for name in known.names},
            "additionalProperties": False,
        }
        if not self.flat:
            return by_vendor
        return {"anyOf": [by_vendor, *(block(profile) for profile in known.vendors)]}

    def words(self) -> str:
        return "switches" + (", or switches by vendor or profile" if self.flat else " by vendor or profile")


def _no_switch(name: Scalar, profiles: list[str], known: Known) -> ScenarioError:
    names = list(known.settings.get(profiles[0], {}))
    others = [profile for profile in known.vendors if name.text in known.settings.get(profile, {})]
    if others:
        message = f"{profiles[0]} has no switch {name.text!r}; {listed(others)} has"
        return ScenarioError(message, name.place, f"give it by vendor, or to some only: `only: {others[0]}`")
    hint = f"{profiles[0]} has: {listed(names)}" if names else f"{profiles[0]} has no switches"
    return ScenarioError(unknown("switch", name.text, names), name.place, hint)
