"""Figures 3 to 5: what idpsim's whole path costs beside bare clients, in parallel, and in process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from ground import Ground, serving
from timing import Figure, interleaved, ratios
from worker import worker

REQUESTS = 3
PEOPLE = 400
DELAY = 5
HANDS = 8


def _rates(ground: Ground, rounds: int, sides: dict[str, tuple[str, int]]) -> dict[str, list[float]]:
    """People per second of each side (its target and its number of people), each in a process of its own."""
    with ExitStack() as stack:
        players = {
            name: (stack.enter_context(worker(ground.full, name, target)), people)
            for name, (target, people) in sides.items()
        }

        def measure(name: str) -> float:
            play, people = players[name]
            return people / play(people)

        return interleaved(rounds, {name: lambda name=name: measure(name) for name in sides})


def one_connection(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Figure 3: vendor traffic on one connection beside three clients, and the stub beside the fastest of them."""
    with serving(ground) as target:
        found = _rates(
            ground,
            rounds,
            {
                "idpsim": (target, 2 * PEOPLE),
                "http_client": (target, 2 * PEOPLE),
                "requests_session": (target, PEOPLE),
                "scim2_client": (target, PEOPLE // 2),
                "raw_socket": (target, 4 * PEOPLE),
            },
        )
    for name, label, least in (
        ("http_client", "a bare http.client loop", 0.5),
        ("requests_session", "a requests.Session loop", 2.5),
        ("scim2_client", "scim2-client", 2.5),
    ):
        yield Figure(3, f"one connection / {label}", least, True, ratios(found["idpsim"], found[name]))
    yield Figure(
        3, "the stub / the fastest client", 2.0, True, ratios(found["raw_socket"], found["http_client"]), note="control"
    )


def parallel(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Figure 4: eight jobs in flight against a stub that takes five milliseconds."""
    ideal = HANDS * 1000 / DELAY / REQUESTS
    with serving(ground, DELAY) as target:
        found = _rates(ground, rounds, {f"idpsim*{HANDS}": (target, 2 * PEOPLE)})
    values = tuple(rate / ideal for rate in found[f"idpsim*{HANDS}"])
    yield Figure(4, f"{HANDS} in flight, {DELAY} ms / the ideal {ideal * REQUESTS:.0f} per s", 0.88, True, values)


def in_process(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Figure 5: an application as a target in process, beside the same behind a server in a thread."""
    for called, server, least in (("in_process", "waitress", 3.0), ("asgi_in_process", "uvicorn", 1.5)):
        kind = "ASGI" if called.startswith("asgi") else "WSGI"
        found = _rates(ground, rounds, {called: ("", 2 * PEOPLE), f"behind_{server}": ("", PEOPLE)})
        figures = ratios(found[called], found[f"behind_{server}"])
        yield Figure(5, f"{kind}: a target in process / behind {server}", least, True, figures)
