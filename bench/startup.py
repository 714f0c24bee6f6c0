"""Figures 1 and 2: whole processes, beside a Python that does nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from ground import Ground
from timing import Figure, interleaved, ratios

TOGETHER = 3


def processes(ground: Ground, rounds: int, asked: Sequence[tuple[int, str, float]]) -> Iterator[Figure]:
    """Each command of `idpsim`, with its figure's number and most allowed, beside `python -c pass`."""
    sides = {"pass": _timed([ground.alone, "-c", "pass"])}
    sides |= {command: _timed([ground.script("idpsim"), *command.split()]) for _, command, _ in asked}
    found = interleaved(rounds, sides)
    for number, command, most in asked:
        name = f"idpsim {command} / python -c pass"
        yield Figure(number, name, most, False, ratios(found[command], found["pass"]))


def help_and_version(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Figure 1."""
    return processes(ground, rounds, ((1, "--help", 6.0), (1, "--version", 6.0)))


def run(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Figure 2: joiner, mover and leaver as the three vendors against the embedded service provider, verified."""
    return processes(ground, rounds, ((2, "run", 60.0),))


def _timed(command: Sequence[str | Path]) -> Callable[[], float]:
    """A function that runs a command a few times, which must succeed, and returns the median of its seconds."""

    def once() -> float:
        started = perf_counter()
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return perf_counter() - started

    return lambda: median(once() for _ in range(TOGETHER))
