"""Measuring two things side by side on a noisy machine: round by round, in changing order, as ratios."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured ratio beside its target; `values` has one ratio a round, `at_least` says which side is good."""

    number: int
    name: str
    target: float
    at_least: bool
    values: tuple[float, ...]
    unit: str = "×"
    note: str = ""

    @property
    def measured(self) -> float:
        return median(self.values)

    @property
    def met(self) -> bool:
        return self.measured >= self.target if self.at_least else self.measured <= self.target

    def document(self) -> dict[str, object]:
        """The figure as JSON."""
        return {
            "figure": self.number,
            "name": self.name,
            "target": self.target,
            "at_least": self.at_least,
            "unit": self.unit,
            "median": self.measured,
            "values": list(self.values),
            "met": self.met,
            "note": self.note,
        }


def interleaved(rounds: int, sides: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """What each side measures in each round, in an order that is another each time; a first round is thrown away."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name in random.sample(list(sides), len(sides)):
            measured = sides[name]()
            if number:
                found[name].append(measured)
    return found


def ratios(over: Sequence[float], under: Sequence[float]) -> tuple[float, ...]:
    """`over` by `under`, round by round: what slows both sides for a while drops out."""
    return tuple(one / other for one, other in zip(over, under, strict=True))


WIDTHS = (2, 46, 10, 9, 18)


def table(figures: Sequence[Figure], *, heading: bool = True) -> str:
    """The figures as lines of a text table."""
    rows = [("", "figure", "target", "median", "min – max", "verdict")] if heading else []
    return "\n".join(_line(row) for row in [*rows, *(_row(each) for each in figures)])


def _line(row: tuple[str, ...]) -> str:
    *cells, last = row
    return "  ".join([*(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)), last])


def _row(each: Figure) -> tuple[str, ...]:
    sign = "≥" if each.at_least else "≤"
    spread = f"{_number(min(each.values))} – {_number(max(each.values))}"
    verdict = ("ok" if each.met else "MISSED") + (f"  ({each.note})" if each.note else "")
    shown = _number(each.measured) + each.unit
    return str(each.number), each.name, f"{sign} {_number(each.target)}{each.unit}", shown, spread, verdict


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
