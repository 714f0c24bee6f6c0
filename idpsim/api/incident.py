"""A recording as a scenario: its story, played as every profile to see whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import idpsim.api as api
from idpsim.api.playing import Playing
from idpsim.errors import IdpsimError, UsageError
from idpsim.har import Entry
from idpsim.profiles import all_profiles, all_sign_ons
from idpsim.provisioning.settings import Setting
from idpsim.scenario.incident.matching import Match, Sent, match, sent
from idpsim.scenario.incident.recorded import Recorded, recorded
from idpsim.scenario.incident.story import Retries, Story, story
from idpsim.scenario.incident.strikes import strikes
from idpsim.scenario.incident.writing import text
from idpsim.scenario.load import load_text
from idpsim.scenario.model import Script
from idpsim.scenario.results import StepResult
from idpsim.wire import Exchange

FINALISTS = 2
NEAR = 0.15
TRIED = 300
ENOUGH = 0.9995
BETTER = 0.001
POOR = 0.6
_NOT_DONE = ("failed", "waiting", "quarantined")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A profile, the settings that it was played with, and how well it explains the recording."""

    profile: str
    title: str
    match: Match
    told: Story
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incident:
    """What a recording is: its requests, and the profiles by how well they explain it, the best first."""

    requests: tuple[Recorded, ...]
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate:
        """The profile that explains it best."""
        return self.candidates[0]


def incident(entries: Sequence[tuple[int, Entry]], tick: Callable[[], None] = lambda: None) -> Incident:
    """What a recording is; UsageError where it holds no SCIM request. `tick` is called at every attempt."""
    requests = tuple(recorded(entries))
    if not requests:
        raise UsageError("the recording holds no SCIM request")
    stories = _stories(requests)
    if not stories[0].happenings:
        raise UsageError("no event can be made of the recording's SCIM requests")
    found = sent(requests)
    ranked = _ranked(_default(stories, found, name, tick) for name in all_profiles())
    near = [each for each in ranked if each.match.score > ranked[0].match.score - NEAR]
    finalists = near[:FINALISTS] if ranked[0].match.score < ENOUGH else []
    tuned = [_tuned(found, each, tick) for each in finalists]
    return Incident(requests, tuple(_ranked([*tuned, *ranked[len(finalists) :]])))


def _stories(requests: Sequence[Recorded]) -> list[Story]:
    """The stories that the requests may tell: more than one where something failed and was tried again."""
    ways: tuple[Retries, ...] = get_args(Retries) if any(each.refused for each in requests) else ("by itself",)
    return [story(requests, way) for way in ways]


def made(
    found: Incident, *, name: str, head: Sequence[str] = (), what: str = "entry", told: Story | None = None
) -> str:
    """The scenario's text, played once: what fails there by its faults is expected to.

    `told` stands for the story where it is to be another one (anonymised).
    """
    best, told = found.best, told or found.best.told
    common: dict[str, Any] = {"name": name, "idp": best.profile, "settings": best.settings, "head": head, "what": what}
    steps, _ = _run(text(told, **common), best.profile)
    struck = {n for n, each in enumerate(told.happenings) if strikes(each.requests) and each.settle}
    outcomes = {n: step.outcome for n, step in enumerate(steps) if n in struck and step.outcome in _NOT_DONE}
    written = text(told, **common, outcomes=outcomes)
    _script(written, best.profile)
    return written


def _ranked(candidates: Any) -> list[Candidate]:
    return sorted(candidates, key=lambda each: -round(each.match.score, 6))


def _default(stories: Sequence[Story], found: Sequence[Sent], name: str, tick: Callable[[], None]) -> Candidate:
    """The profile as it is set up at first, with the story that it explains best."""
    title = all_profiles()[name].title
    candidates = []
    for told in stories:
        tick()
        candidates.append(Candidate(name, title, match(found, list(_played(told, name, {}))), told))
    return _ranked(candidates)[0]


def _tuned(found: Sequence[Sent], candidate: Candidate, tick: Callable[[], None]) -> Candidate:
    """The same profile with those of its settings that make it explain more."""
    if len(found) + len(candidate.told.people) > TRIED:
        return candidate
    profile = all_profiles()[candidate.profile]
    signing = all_sign_ons()[profile.vendor].settings
    for name, setting in profile.settings.items():
        for value in () if name in signing else _other_values(setting):
            if candidate.match.score >= ENOUGH:
                return candidate
            tick()
            settings = {**candidate.settings, name: value}
            try:
                now = match(found, list(_played(candidate.told, candidate.profile, settings)))
            except IdpsimError:
                continue
            if now.score > candidate.match.score + BETTER:
                candidate = replace(candidate, match=now, settings=settings)
    return candidate


def _other_values(setting: Setting) -> Iterator[Any]:
    if setting.kind == "bool":
        yield not setting.default
    elif setting.kind == "choice":
        yield from (each for each in setting.choices if each != setting.default)


def _played(told: Story, profile: str, settings: Mapping[str, Any]) -> Iterator[Sent]:
    """What this profile sends where the story happens, against the embedded service provider."""
    written = text(told, name="recorded", idp=profile, settings=settings, refusals=True, verify=False)
    prepared = sum(each.prepared for each in told.happenings)
    steps, exchanges = _run(written, profile)
    entries = [(each.number, _entry(each)) for each in exchanges if each.by == "vendor"]
    begins = steps[prepared - 1].exchanges[1] if prepared else 0
    requests = list(recorded(entries))
    yield from sent(requests, [each.number for each in requests if each.number >= begins])


def _run(written: str, profile: str) -> tuple[list[StepResult], list[Exchange]]:
    """The steps and exchanges of a scenario that is played here."""
    with api.opened(_script(written, profile), Playing(seed=0, keep_names=True, keep=True)) as run:
        steps = list(run)
        return steps, list(run.result().transcript)


def _script(written: str, profile: str) -> Script:
    return load_text(written, "the scenario", known=api.known(), variables={}, check=api.check).script(profile)


def _entry(exchange: Exchange) -> Entry:
    return Entry(exchange.request, exchange.answer, by=exchange.by)
