"""A recording as a scenario: its story, played as every profile to see whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, get_args

import idpsim.api as api
from idpsim.api.playing import Playing
from idpsim.errors import IdpsimError, UsageError
from idpsim.har import Entry
from idpsim.profiles import all_profiles, all_sign_ons
from idpsim.provisioning.settings import Setting
from idpsim.scenario.incident.comparable import Sent, sent
from idpsim.scenario.incident.events import OTHERWISE
from idpsim.scenario.incident.instead import alone, instead, joined, lost
from idpsim.scenario.incident.matching import Match, match
from idpsim.scenario.incident.recorded import Recorded, recorded
from idpsim.scenario.incident.story import Retries, Story, story
from idpsim.scenario.incident.strikes import strikes
from idpsim.scenario.incident.writing import text
from idpsim.scenario.load import load_text
from idpsim.scenario.model import Script
from idpsim.scenario.results import StepResult
from idpsim.transcript import Transcript
from idpsim.wire import Exchange

Tick: TypeAlias = Callable[[], None]

FINALISTS = 2
NEAR = 0.15
TRIED = 300
ENOUGH = 0.9995
BETTER = 0.001
LESS = 0.02
POOR = 0.6
ROUNDS = 3
MANY = 5_000
PART = 2_000
_NOT_DONE = ("failed", "waiting", "quarantined")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A profile, the settings that it was played with, and how well it explains the recording."""

    profile: str
    title: str
    match: Match
    told: Story
    settings: Mapping[str, Any] = field(default_factory=dict)
    retries: Retries = "by itself"


@dataclass(frozen=True, slots=True)
class Incident:
    """What a recording is: its requests, and the profiles by how well they explain it, the best first.

    `part` is how many of very many requests were played as every profile to find the best, 0 where all were.
    """

    requests: tuple[Recorded, ...]
    candidates: tuple[Candidate, ...]
    part: int = 0

    @property
    def best(self) -> Candidate:
        """The profile that explains it best."""
        return self.candidates[0]

    @property
    def unsent(self) -> tuple[Recorded, ...]:
        """The recorded requests that the best profile does not send, those that no event accounts for among them."""
        numbers = self.best.match.unsent | {each.request.number for each in self.best.told.unexplained}
        return tuple(each for each in self.requests if each.number in numbers)


def incident(
    entries: Sequence[tuple[int, Entry]], tick: Tick = lambda: None, *, many: int = MANY, first: int = PART
) -> Incident:
    """What a recording is; UsageError where it holds no SCIM request. `tick` is called at every request played.

    Of more than `many` requests only the `first` ones are played as every profile, and all of them as the best.
    """
    requests = tuple(recorded(entries))
    if not requests:
        raise UsageError("the recording holds no SCIM request")
    part = first if len(requests) > many else 0
    ranked = _candidates(requests[:part] if part else requests, tick)
    best = _whole(requests, ranked[0], tick) if part else ranked[0]
    return Incident(requests, (best, *ranked[1:]), part)


def _candidates(requests: Sequence[Recorded], tick: Tick) -> list[Candidate]:
    """Every profile, the one that explains the most first."""
    stories = _stories(requests)
    if not any(told.happenings for told in stories.values()):
        raise UsageError("no event can be made of the recording's SCIM requests")
    found = sent(requests)
    ranked = _ranked(_default(stories, found, name, tick) for name in all_profiles())
    near = [each for each in ranked if each.match.score > ranked[0].match.score - NEAR]
    finalists = [] if _exact(ranked[0]) else near[:FINALISTS]
    tried = [_tried_out(found, each, tick) for each in finalists]
    return _ranked([*tried, *(each for each in ranked if each not in finalists)])


def _stories(requests: Sequence[Recorded]) -> dict[Retries, Story]:
    """The stories that the requests may tell: more than one where something failed and was tried again."""
    ways: tuple[Retries, ...] = get_args(Retries) if any(each.refused for each in requests) else ("by itself",)
    return {way: story(requests, way) for way in ways}


def _whole(requests: Sequence[Recorded], best: Candidate, tick: Tick) -> Candidate:
    """What the best explains of all requests, for it was found by a part of them."""
    found, told = sent(requests), story(requests, best.retries)
    matched = match(found, list(_played(told, best.profile, best.settings, tick)), best.profile)
    return _told_otherwise(found, replace(best, told=told, match=matched), tick)


def made(
    found: Incident,
    *,
    name: str,
    head: Sequence[str] = (),
    what: str = "entry",
    told: Story | None = None,
    tick: Tick = lambda: None,
) -> str:
    """The scenario's text, played once: what fails there by its faults is expected to.

    `told` stands for the story where it is to be another one (anonymised).
    """
    best, told = found.best, told or found.best.told
    common: dict[str, Any] = {"name": name, "idp": best.profile, "settings": best.settings, "head": head, "what": what}
    common["unsent"] = {each.number for each in found.unsent}
    struck = {n for n, each in enumerate(told.happenings) if strikes(each.requests) and each.settle}
    steps = _run(text(told, **common), best.profile, tick)[0] if struck else []
    outcomes = {n: step.outcome for n, step in enumerate(steps) if n in struck and step.outcome in _NOT_DONE}
    written = text(told, **common, outcomes=outcomes)
    _script(written, best.profile)
    return written


def _ranked(candidates: Any) -> list[Candidate]:
    return sorted(candidates, key=lambda each: each.match.rank, reverse=True)


def _exact(candidate: Candidate) -> bool:
    return candidate.match.score >= ENOUGH


def _default(stories: Mapping[Retries, Story], found: Sequence[Sent], name: str, tick: Tick) -> Candidate:
    """The profile as it is set up at first, with the story that it explains best."""
    candidates = [
        Candidate(name, all_profiles()[name].title, match(found, list(_played(told, name, {}, tick)), name), told)
        for told in stories.values()
    ]
    tried = [replace(each, retries=way) for each, way in zip(candidates, stories, strict=True)]
    return _ranked(tried)[0]


def _better(now: Match, before: Match) -> bool:
    """Whether more is explained; that less is sent beside tells little, so of that it takes much."""
    if now.alike < before.alike or now.score <= before.score + BETTER:
        return False
    more = now.alike > before.alike or len(now.unsent) < len(before.unsent)
    return more or now.score > before.score + LESS


def _tuned(found: Sequence[Sent], candidate: Candidate, tick: Tick) -> Candidate:
    """The same profile with those of its settings that make it explain more."""
    if len(found) + len(candidate.told.people) > TRIED:
        return candidate
    profile = all_profiles()[candidate.profile]
    signing = all_sign_ons()[profile.vendor].settings
    for name, setting in profile.settings.items():
        for value in () if name in signing else _other_values(setting):
            if _exact(candidate):
                return candidate
            candidate = _tried(found, candidate, candidate.told, {**candidate.settings, name: value}, tick) or candidate
    return candidate


def _tried_out(found: Sequence[Sent], candidate: Candidate, tick: Tick) -> Candidate:
    """The same profile with other settings and other events, whichever first explains more: each may hide the other."""
    settled = _told_otherwise(found, _tuned(found, candidate, tick), tick)
    if _exact(settled) or len(found) > TRIED:
        return settled
    return _ranked([settled, _tuned(found, _told_otherwise(found, candidate, tick), tick)])[0]


def _tried(
    found: Sequence[Sent], candidate: Candidate, told: Story, settings: Mapping[str, Any], tick: Tick
) -> Candidate | None:
    """The same profile with another story or other settings, None where it explains no more so."""
    try:
        now = match(found, list(_played(told, candidate.profile, settings, tick)), candidate.profile)
    except IdpsimError:
        return None
    return replace(candidate, match=now, told=told, settings=settings) if _better(now, candidate.match) else None


def _told_otherwise(found: Sequence[Sent], candidate: Candidate, tick: Tick) -> Candidate:
    """The same profile with other events where what was told sends none of the recorded writes, as far as that helps.

    All such steps get another event at once; those that still send nothing keep what they had.
    """
    for _ in range(ROUNDS):
        before = candidate
        candidate = replace(candidate, told=alone(candidate.told, candidate.match.unsent))
        for event in OTHERWISE:
            candidate = _with_event(found, candidate, event, tick)
        if candidate.match is before.match:
            break
    return replace(candidate, told=joined(candidate.told))


def _with_event(found: Sequence[Sent], candidate: Candidate, event: str, tick: Tick) -> Candidate:
    """The same with this event wherever it sends what was recorded."""
    unsent = lost(candidate.told, candidate.match.unsent)
    told = instead(candidate.told, unsent, event)
    if told == candidate.told:
        return candidate
    now = _tried(found, candidate, told, candidate.settings, tick)
    if now is None:
        return candidate
    still = lost(told, now.match.unsent)
    kept = [index for index in unsent if index not in set(still)]
    fewer = instead(candidate.told, kept, event)
    return now if fewer == told else _tried(found, candidate, fewer, candidate.settings, tick) or candidate


def _other_values(setting: Setting) -> Iterator[Any]:
    if setting.kind == "bool":
        yield not setting.default
    elif setting.kind == "choice":
        yield from (each for each in setting.choices if each != setting.default)


def _played(told: Story, profile: str, settings: Mapping[str, Any], tick: Tick) -> Iterator[Sent]:
    """What this profile sends where the story happens, against the embedded service provider."""
    written = text(told, name="recorded", idp=profile, settings=settings, refusals=True, verify=False)
    prepared = sum(each.prepared for each in told.happenings)
    steps, exchanges = _run(written, profile, tick)
    entries = [(each.number, Entry(each.request, each.answer)) for each in exchanges if each.by == "vendor"]
    begins = steps[prepared - 1].exchanges[1] if prepared else 0
    requests = list(recorded(entries))
    yield from sent(requests, [each.number for each in requests if each.number >= begins])


def _run(written: str, profile: str, tick: Tick) -> tuple[list[StepResult], list[Exchange]]:
    """The steps and exchanges of a scenario that is played here."""
    with Transcript() as transcript:
        transcript.follow(lambda _: tick())
        with api.opened(_script(written, profile), Playing(seed=0, keep_names=True, keep=True), transcript) as run:
            return list(run), list(transcript)


def _script(written: str, profile: str) -> Script:
    return load_text(written, "the scenario", known=api.known(), variables={}, check=api.check).script(profile)
