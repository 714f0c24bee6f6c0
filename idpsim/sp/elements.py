"""Edits of one attribute's value: of elements that a filter chooses, of sub-attributes, of whole values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .filters import Filter, Path, equalities
from .match import Rules, lookup, matches
from .problem import invalid_path, invalid_value, no_target
from .schema import Attribute
from .switches import Switches
from .values import boolean_in_words, coerce, coerce_one

_MOST = 2000
_HOLLOW = frozenset(("type", "primary", "display"))


def canonical(name: str, found: Attribute | None, holder: Mapping[str, Any]) -> str:
    """The name under which an attribute is kept: the schema's, else the one it already has, else as sent."""
    if found:
        return found.name
    wanted = name.lower()
    return next((key for key in holder if key.lower() == wanted), name)


def added(old: Any, new: Any, found: Attribute | None, replace: bool) -> Any:
    """`new` put to `old`: sub-attributes merge, an add to many values appends, anything else takes its place."""
    if isinstance(old, list) and not replace:
        return _appended(old, new if isinstance(new, list) else [new], found)
    if isinstance(new, dict):
        return merged(old if isinstance(old, dict) else {}, new)
    return new


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The object with the new members; null takes one away."""
    together = {**old, **new}
    return {key: value for key, value in together.items() if value is not None}


def _appended(old: list[Any], new: list[Any], found: Attribute | None) -> list[Any]:
    _check_size(old, new)
    result = list(old)
    for element in new:
        at = next((i for i, there in enumerate(result) if _same(there, element)), None)
        if at is None:
            result.append(element)
            at = len(result) - 1
        elif isinstance(element, dict):
            result[at] = merged(result[at], element)
        if found and isinstance(element, dict) and element.get("primary") is True:
            result = single_primary(result, at)
    return result


def _same(there: Any, element: Any) -> bool:
    if isinstance(there, dict) and isinstance(element, dict) and "value" in element:
        return there.get("value") == element["value"] and there.get("type") == element.get("type", there.get("type"))
    return bool(there == element) and type(there) is type(element)


def single_primary(elements: list[Any], chosen: int) -> list[Any]:
    """RFC 7644 3.5.2: of many values one is primary, the one that was set last."""
    return [
        {**one, "primary": False} if i != chosen and isinstance(one, dict) and one.get("primary") is True else one
        for i, one in enumerate(elements)
    ]


def without(old: Any, named: Any) -> Any:
    """`old` without the elements that a remove names in its value."""
    if not isinstance(old, list):
        return None
    gone = named if isinstance(named, list) else [named]
    _check_size(old, gone)
    return [there for there in old if not any(_named(there, one) for one in gone)]


def _check_size(*lists: list[Any]) -> None:
    """Each value is compared with each: more than a few thousand would keep everybody else waiting."""
    if sum(map(len, lists)) > _MOST:
        raise invalid_value(f"An attribute with more than {_MOST} values cannot be changed value by value.")


def _named(there: Any, one: Any) -> bool:
    held = lookup(there, "value") if isinstance(there, dict) else there
    wanted = lookup(one, "value") if isinstance(one, dict) else one
    return bool(there == one) or (held is not None and held == wanted)


def chosen_edited(old: Any, path: Path, found: Attribute | None, verb: str, value: Any, switches: Switches) -> Any:
    """The value with the elements edited that the path's filter chooses.

    Where none matches, one is made that does: clients take a path such as `emails[type eq "work"].value` for the
    address itself. Strict answers 400 noTarget, as RFC 7644 3.5.2.3 has it.
    """
    assert path.where is not None
    single = isinstance(old, dict)
    elements = [old] if single else old if isinstance(old, list) else [] if old is None else None
    if elements is None:
        raise invalid_path(f"{path.name} has no values that a filter could choose from.")
    rules = Rules.of(switches)
    hits = [i for i, e in enumerate(elements) if isinstance(e, dict) and matches(path.where, e, rules, f"{path.name}.")]
    if verb == "remove":
        edited = [_reduced(e, path.sub) if i in hits else e for i, e in enumerate(elements)]
        edited = [element for element in edited if element is not None]
    else:
        edited = _set_in(elements, hits, path, found, value, switches)
    return (edited[0] if edited else None) if single or (found and not found.multi) else edited


def _set_in(
    elements: list[Any], hits: list[int], path: Path, found: Attribute | None, value: Any, switches: Switches
) -> list[Any]:
    new = _content(path, found, value, switches)
    if not hits:
        elements = [*elements, _made(path.where, path, found, switches)]
        hits = [len(elements) - 1]
    edited = [merged(e, new) if i in hits else e for i, e in enumerate(elements)]
    if None in new.values():
        return [e for i, e in enumerate(edited) if i not in hits or not _hollow(e)]
    return single_primary(edited, hits[-1]) if new.get("primary") is True else edited


def _content(path: Path, found: Attribute | None, value: Any, switches: Switches) -> dict[str, Any]:
    if path.sub:
        part = found.part(path.sub) if found else None
        return {part.name if part else path.sub: coerce(part, value, switches)}
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    content = coerce_one(found, value, switches) if found else value
    if not isinstance(content, Mapping):
        raise invalid_value(f"A value of {path.name} is an object.")
    return dict(content)


def _made(where: Filter | None, path: Path, found: Attribute | None, switches: Switches) -> dict[str, Any]:
    wanted = equalities(where) if where else None
    if switches.strict or not wanted:
        raise no_target(f"No value of {path.name} matches the filter of the path.")
    element: dict[str, Any] = {}
    for name, value in wanted.items():
        part = found.part(name) if found else None
        word = boolean_in_words(value) if name.lower() == "primary" or (part and part.type == "boolean") else None
        element[part.name if part else name] = value if word is None else word
    return element


def _reduced(element: Mapping[str, Any], sub: str | None) -> dict[str, Any] | None:
    if sub is None:
        return None
    left = {key: value for key, value in element.items() if key.lower() != sub.lower()}
    return None if _hollow(left) else left


def _hollow(element: Mapping[str, Any]) -> bool:
    return not element.keys() - _HOLLOW
