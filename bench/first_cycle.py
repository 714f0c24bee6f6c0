"""Figure 6: the first cycle of many people with a HAR written as it goes, in a process of its own.

python bench/first_cycle.py BASE_URL PEOPLE HANDS
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from ground import ROOM, Ground, serving
from timing import Figure

FEW, MANY, HANDS = 1_000, 100_000, 1
MOST_MEGABYTES = 200
MOST_SLOWER = 1.15
BESIDE = 3


def first_cycle(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Peak memory at 100,000 people, and the time of one of them beside that of one of 1,000, just before and after."""
    memory, slower = [], []
    with serving(ground) as target:
        for _ in range(rounds):
            before = [_cycle(ground, target, FEW)[0] for _ in range(BESIDE)]
            seconds, megabytes = _cycle(ground, target, MANY)
            after = [_cycle(ground, target, FEW)[0] for _ in range(BESIDE)]
            memory.append(megabytes)
            slower.append(seconds / MANY / (median([*before, *after]) / FEW))
    yield Figure(6, f"{MANY:,} people, resident at most", MOST_MEGABYTES, False, tuple(memory), " MB")
    yield Figure(6, f"a person of {MANY:,} / of {FEW:,}", MOST_SLOWER, False, tuple(slower))


def _cycle(ground: Ground, target: str, people: int) -> tuple[float, float]:
    """Seconds and megabytes of one first cycle."""
    command = [str(ground.full), str(Path(__file__).resolve()), target, str(people), str(HANDS)]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    seconds, megabytes = json.loads(ended.stdout)
    return seconds, megabytes


def main(target: str, people: str, hands: str) -> None:
    """Play a few people to be warm, then all; print seconds and peak resident megabytes."""
    from players import idpsim

    har = ROOM / "first_cycle.har"
    try:
        play = idpsim(target, int(hands), ("assign: all",), har)
        play(100)
        started = perf_counter()
        assert play(int(people)) == 2 * int(people)
        print(json.dumps([perf_counter() - started, _peak()]))
    finally:
        har.unlink(missing_ok=True)


def _peak() -> float:
    """The most megabytes that this process has had resident."""
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
