"""Filters and attribute paths of RFC 7644 (section 3.4.2.2, figure 1; section 3.5.2, figure 7) as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = "str | bool | int | float | None"


@dataclass(frozen=True, slots=True)
class Path:
    """`urn:name[where].sub`; `urn` None is the core schema, `name` None the whole extension `urn`."""

    urn: str | None
    name: str | None
    where: Filter | None = None
    sub: str | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """`path op value`; `op` is lower case."""

    path: Path
    op: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Present:
    """`path pr`; also `path[where]` on its own."""

    path: Path


@dataclass(frozen=True, slots=True)
class Not:
    """`not (filter)`."""

    filter: Filter


@dataclass(frozen=True, slots=True)
class And:
    """`left and right`."""

    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Or:
    """`left or right`."""

    left: Filter
    right: Filter


Filter: TypeAlias = "Compare | Present | Not | And | Or"


def equalities(where: Filter) -> dict[str, Scalar] | None:
    """What an element has to hold for `where` to match, where that is only `a eq x and b eq y`; None otherwise."""
    if isinstance(where, Compare) and where.op == "eq" and where.path.name and not where.path.sub:
        return {where.path.name: where.value}
    if isinstance(where, And):
        left, right = equalities(where.left), equalities(where.right)
        return None if left is None or right is None else {**left, **right}
    return None
