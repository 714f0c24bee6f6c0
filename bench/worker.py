"""One side of a comparison in a process of its own: reads numbers of people, writes how many seconds they took.

python bench/worker.py SIDE BASE_URL
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter


def _side(name: str, target: str) -> Callable[[int], object]:
    side, _, hands = name.partition("*")
    if side == "idpsim":
        from players import idpsim

        return idpsim(target, int(hands or 1))
    if side in ("in_process", "behind_waitress", "asgi_in_process", "behind_uvicorn"):
        import served

        return getattr(served, side)()
    from clients import CLIENTS

    return CLIENTS[side](target)


@contextmanager
def worker(python: Path, side: str, target: str) -> Iterator[Callable[[int], float]]:
    """A running worker as a function from a number of people to the seconds that they took."""
    command = [str(python), str(Path(__file__).resolve()), side, target]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        incoming, outgoing = process.stdin, process.stdout
        assert incoming
        assert outgoing

        def play(people: int) -> float:
            incoming.write(f"{people}\n")
            incoming.flush()
            line = outgoing.readline()
            if not line:
                raise SystemExit(f"the worker {side} has ended: see above")
            return float(line)

        try:
            yield play
        finally:
            incoming.close()


def main(side: str, target: str) -> None:
    play = _side(side, target)
    for line in sys.stdin:
        started = perf_counter()
        play(int(line))
        print(perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
