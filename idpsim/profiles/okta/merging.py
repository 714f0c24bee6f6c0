"""How a profile push lays the mapped attributes over the service provider's own representation of a user.

Source: Okta's SCIM 2.0 reference, and PUT bodies that service providers have captured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from idpsim.profiles.okta.mapping import ADDRESS, CORE, LISTED, MAPPED, NAME, WORK, Profile, document
from idpsim.scim import ENTERPRISE, USER, find, values_of


@dataclass(frozen=True, slots=True)
class Merged:
    """The body of a PUT, and the SCIM paths that it asks to be without a value."""

    body: dict[str, Any]
    cleared: tuple[str, ...]


def merged(
    held: Mapping[str, Any], profile: Profile, only: Iterable[str] | None = None, customs: Iterable[str] = ()
) -> Merged:
    """The service provider's own representation with the mapped attributes (all, or `only` some) laid over it.

    Multi-valued attributes are merged by element: the one with the same `primary` is changed, or one is appended.
    Everything else, `id`, `meta` and unknown keys among it, stays as it came. `customs` are the custom attributes
    that were sent before; one that the person has no longer is cleared.
    """
    names = MAPPED if only is None else MAPPED & set(only)
    overlay = _Overlay(dict(held), profile.settings.get("clear", "empty"), clears=only is not None)
    fresh = document(profile)
    for name in sorted(names & CORE):
        overlay.lay(overlay.body, name, fresh.get(name), name)
    _lay_name(overlay, fresh.get("name", {}), names)
    for name in sorted(names & set(LISTED)):
        attribute, primary = LISTED[name]
        overlay.lay_element(attribute, primary, fresh, ("value",))
    if names & set(ADDRESS):
        overlay.lay_element("addresses", True, fresh, tuple(ADDRESS[name] for name in sorted(names & set(ADDRESS))))
    _lay_extensions(overlay, fresh, profile, names, customs)
    return Merged(overlay.body, overlay.without_value())


@dataclass(slots=True)
class _Overlay:
    """The body as it grows; `style` is how an attribute is cleared, `clears` whether one without value is at all."""

    body: dict[str, Any]
    style: str
    clears: bool
    cleared: list[str] = field(default_factory=list)

    def lay(self, block: dict[str, Any], key: str, value: Any, path: str) -> None:
        if value is not None:
            block[key] = value
        elif self.clears and block.get(key) not in (None, ""):
            self._clear(block, key, path)

    def _clear(self, block: dict[str, Any], key: str, path: str) -> None:
        if self.style == "omit":
            del block[key]
            return
        block[key] = "" if self.style == "empty" else None
        self.cleared.append(path)

    def lay_manager(self, block: dict[str, Any], value: Mapping[str, Any] | None, path: str) -> None:
        """Lay value and displayName over the manager; one that is gone is taken out, its leaves have no empty form."""
        held = block.get("manager")
        if value is not None:
            block["manager"] = {**held, **value} if isinstance(held, dict) else dict(value)
        elif self.clears and held:
            block["manager"] = None
            if self.style != "null":
                del block["manager"]
            if self.style != "omit":
                self.cleared.append(f"{path}.value")

    def lay_element(self, attribute: str, primary: bool, fresh: Mapping[str, Any], leaves: tuple[str, ...]) -> None:
        """Change the element with this `primary`, append it, or take it out."""
        mine = next((each for each in fresh.get(attribute, ()) if each["primary"] is primary), None)
        held = self.body.get(attribute)
        elements = list(held) if isinstance(held, list) else []
        at = _place(elements, primary)
        if mine is None:
            if self.clears and at is not None:
                self._take_out(attribute, elements, at)
            return
        if at is None:
            elements.append(mine)
        else:
            elements[at] = element = dict(elements[at])
            element |= {key: value for key, value in mine.items() if key in ("primary", "type")}
            for leaf in leaves:
                self.lay(element, leaf, mine.get(leaf), _path(attribute, element, leaf))
        self.body[attribute] = elements

    def _take_out(self, attribute: str, elements: list[Any], at: int) -> None:
        gone = elements.pop(at)
        self.body[attribute] = elements
        selected = values_of({attribute: [gone]}) if elements or self.style != "omit" else {}
        self.cleared += [path for path in selected if "[" in path and not path.endswith((".primary", ".display"))]
        if not elements and self.style == "omit":
            del self.body[attribute]

    def without_value(self) -> tuple[str, ...]:
        """The cleared paths under which the body itself holds nothing: another element may be told by the same."""
        return tuple(path for path in self.cleared if find(self.body, path).missing)


def _place(elements: list[Any], primary: bool) -> int | None:
    """Which element this is: one that says so, else, for `primary` false, one that says nothing (RFC 7643, 2.4)."""
    said = [each.get("primary") if isinstance(each, dict) else ... for each in elements]
    wanted = (True,) if primary else (False, None)
    return next((at for value in wanted for at, each in enumerate(said) if each is value), None)


def _path(attribute: str, element: Mapping[str, Any], leaf: str) -> str:
    told = element.get("type")
    selector = f'type eq "{told}"' if isinstance(told, str) else f"primary eq {str(element.get('primary')).lower()}"
    return f"{attribute}[{selector}].{leaf}"


def _lay_name(overlay: _Overlay, fresh: Mapping[str, Any], names: set[str]) -> None:
    held = overlay.body.get("name")
    block = dict(held) if isinstance(held, dict) else {}
    for name in sorted(names & set(NAME)):
        overlay.lay(block, NAME[name], fresh.get(NAME[name]), f"name.{NAME[name]}")
    if block and names & set(NAME):
        overlay.body["name"] = block


def _lay_extensions(
    overlay: _Overlay, fresh: Mapping[str, Any], profile: Profile, names: set[str], customs: Iterable[str]
) -> None:
    _lay_extension(overlay, ENTERPRISE, fresh, sorted(names & (WORK | {"manager"})))
    if "custom" in names and profile.namespace:
        _lay_extension(overlay, profile.namespace, fresh, sorted({*profile.person.custom, *customs}))


def _lay_extension(overlay: _Overlay, urn: str, fresh: Mapping[str, Any], keys: list[str]) -> None:
    body, values = overlay.body, fresh.get(urn, {})
    held = next((key for key in body if key.lower() == urn.lower()), urn)
    block = dict(body[held]) if isinstance(body.get(held), dict) else {}
    for key in keys:
        if key == "manager":
            overlay.lay_manager(block, values.get(key), f"{urn}:{key}")
        else:
            overlay.lay(block, key, values.get(key), f"{urn}:{key}")
    if not keys or not (block or body.get(held)):
        return
    if not block:
        del body[held]
        return
    body[held] = block
    named = body.get("schemas") if isinstance(body.get("schemas"), list) else [USER]
    if urn.lower() not in (str(each).lower() for each in named or ()):
        body["schemas"] = [*(named or ()), urn]
