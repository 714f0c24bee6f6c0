"""idpsim itself, as the bench plays it: a generated directory as one vendor, steps of all people, transcript kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from idpsim.api import Playing, har_writer, load, opened, redactor
from idpsim.scenario.model import Script
from idpsim.transcript import Transcript

HERE = str(Path(__file__).parent)
TOKEN = "abcdefghijklmnopqrstuvwxyz0123456789"
EVERYONE = ("assign: all", "unassign: all")


def idpsim(target: str, hands: int, steps: tuple[str, ...] = EVERYONE, har: Path | None = None) -> Callable[[int], int]:
    """Plays a number of people against `target` with `hands` jobs in flight; returns how many requests that took."""
    how = Playing(targets={"": target}, tokens={"": TOKEN}, concurrency=hands, keep=True, seed=1, directory=HERE)
    scripts: dict[int, Script] = {}

    def play(people: int) -> int:
        if people not in scripts:
            scripts[people] = _loaded(people, steps)
        script = scripts[people]
        with Transcript() as transcript, open(har or "/dev/null", "w", encoding="utf-8") as file:
            writer = har_writer(file, redactor(script, how)) if har else None
            if writer:
                transcript.follow(writer.write)
            with opened(script, how, transcript) as run:
                for step in run:
                    assert step.passed, step.failures
                result = run.result()
            if writer:
                writer.close()
            assert result.passed, result.failures
            return len(transcript)

    return play


def _loaded(people: int, steps: tuple[str, ...]) -> Script:
    lines = [
        "name: bench",
        "idp: okta",
        "verify: false",
        f"directory: {{generate: {{people: {people}}}}}",
        "steps:",
        *(f"  - {step}" for step in steps),
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        return load(file.name).script("okta")
