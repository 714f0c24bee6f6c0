"""Whether a resource matches a filter, with RFC 7643's rules for upper and lower case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .filters import And, Compare, Filter, Not, Path, Present, Scalar
from .schema import ENTERPRISE, EXACT
from .switches import Switches


@dataclass(frozen=True, slots=True)
class Rules:
    """`exact` holds the attributes whose case matters (dotted, lower case); `quoted` takes "True" for true."""

    exact: frozenset[str] = EXACT
    quoted: bool = True

    @classmethod
    def of(cls, switches: Switches) -> Rules:
        """The rules under these switches."""
        exact = EXACT - {"externalid"} if switches.fold_external_id else EXACT
        if switches.case_sensitive_filter:
            exact = exact | {"username"}
        return cls(exact, quoted=not switches.strict)


def matches(node: Filter, document: Mapping[str, Any], rules: Rules, prefix: str = "") -> bool:
    """Whether the document (or the element, with `prefix` its attribute and a dot) matches."""
    if isinstance(node, Compare):
        found = values(node.path, document, rules, prefix)
        return _compare(node, found, _is_exact(node.path, rules, prefix), rules)
    if isinstance(node, Present):
        return any(value not in (None, "") for value in values(node.path, document, rules, prefix))
    if isinstance(node, Not):
        return not matches(node.filter, document, rules, prefix)
    left = matches(node.left, document, rules, prefix)
    if isinstance(node, And):
        return left and matches(node.right, document, rules, prefix)
    return left or matches(node.right, document, rules, prefix)


def values(path: Path, document: Mapping[str, Any], rules: Rules, prefix: str = "") -> list[Any]:
    """All values that a path selects, one per element of a multi-valued attribute."""
    found = lookup(document, path.urn) if path.urn else document
    if path.name is not None:
        found = _named(found, path.name, path.urn)
    items = found if isinstance(found, list) else [] if found is None else [found]
    if path.where:
        inner = f"{prefix}{path.name}.".lower()
        items = [item for item in items if isinstance(item, Mapping) and matches(path.where, item, rules, inner)]
    if path.sub:
        items = [lookup(item, path.sub) for item in items if isinstance(item, Mapping)]
    return [item for item in items if item is not None]


def lookup(holder: Any, name: str) -> Any:
    """A member of an object by its name in any case; None where there is none."""
    if not isinstance(holder, Mapping):
        return None
    if name in holder:
        return holder[name]
    wanted = name.lower()
    return next((value for key, value in holder.items() if key.lower() == wanted), None)


def _named(holder: Any, name: str, urn: str | None) -> Any:
    found = lookup(holder, name)
    if found is None and urn is None and name.lower() == "manager":
        return lookup(lookup(holder, ENTERPRISE), name)
    return found


def _is_exact(path: Path, rules: Rules, prefix: str) -> bool:
    return f"{prefix}{path.name}{'.' if path.sub else ''}{path.sub or ''}".lower() in rules.exact


def _compare(node: Compare, found: list[Any], exact: bool, rules: Rules) -> bool:
    plain = [lookup(value, "value") if isinstance(value, Mapping) else value for value in found]
    if node.op == "ne":
        return not any(_holds("eq", value, node.value, exact, rules) for value in plain) and (
            node.value is not None or bool(plain)
        )
    if node.value is None:
        return node.op == "eq" and not plain
    return any(_holds(node.op, value, node.value, exact, rules) for value in plain)


def _holds(op: str, value: Any, wanted: Scalar, exact: bool, rules: Rules) -> bool:
    if isinstance(value, bool) and isinstance(wanted, str) and rules.quoted:
        wanted = {"true": True, "false": False}.get(wanted.lower())
    if isinstance(value, bool) or isinstance(wanted, bool):
        return op == "eq" and value is wanted
    if isinstance(value, str) and isinstance(wanted, str):
        return _text(op, value, wanted, exact)
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        return _ordered(op, value, wanted)
    return False


def _text(op: str, value: str, wanted: str, exact: bool) -> bool:
    if not exact:
        value, wanted = value.casefold(), wanted.casefold()
    if op == "eq":
        return value == wanted
    if op == "co":
        return wanted in value
    if op == "sw":
        return value.startswith(wanted)
    if op == "ew":
        return value.endswith(wanted)
    left, right = _moment(value), _moment(wanted)
    return _ordered(op, left, right) if left and right else _ordered(op, value, wanted)


def _ordered(op: str, value: Any, wanted: Any) -> bool:
    if op == "eq":
        return bool(value == wanted)
    if op in ("gt", "ge") and value > wanted:
        return True
    if op in ("lt", "le") and value < wanted:
        return True
    return op in ("ge", "le") and bool(value == wanted)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
