"""The engine: takes changes, lets the profile make jobs of them, and runs these in virtual time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from idpsim.clock import VirtualClock, duration
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Call, Done, Failed, Outcome, Pending, Quarantined, Skipped, Waiting
from idpsim.provisioning.line import Line
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Change, Connection, Job, Phase, Profile
from idpsim.provisioning.results import Results
from idpsim.provisioning.schedule import Schedule
from idpsim.provisioning.work import Crew, Journal, NoJournal
from idpsim.wire import Answer

DAY = 86_400.0
FURTHER_CYCLES = 3


class Engine:
    """Plays one profile's client on one app.

    An event-driven profile runs at once; a cyclic one runs at each multiple of its interval that `settle`, `wait` or
    `sync` reaches. `results` holds what has happened since `begin`.
    """

    def __init__(
        self,
        profile: Profile,
        app: App,
        line: Line,
        clock: VirtualClock,
        connection: Connection,
        hands: int = 1,
        journal: Journal | None = None,
    ) -> None:
        self.profile = profile
        self.app = app
        self.clock = clock
        self.connection = connection
        self.results = Results()
        self._line = line
        self._crew = Crew(self._send, self._keep, journal or NoJournal(), hands)
        self._pending: list[Change] = []
        self._schedule = Schedule(profile.retries)
        self._queue: dict[tuple[str, str], Job] = {}
        self._failed: dict[tuple[str, str], tuple[Change, ...]] = {}
        self._approved = False
        self._quarantined = False

    def begin(self) -> None:
        """Start counting results anew."""
        self.results = Results()

    def connect(self) -> Outcome:
        """The vendor's connection test."""
        self._crew.run(Phase((self.profile.connect(self.app),)), self._told)
        return self.results.outcome("app") or Done()

    def submit(self, changes: Sequence[Change], at_once: bool = False) -> None:
        """Take changes; they are worked on at once, or wait for the next cycle."""
        for change in changes:
            if change.kind == "deleted" and self.profile.purge_after and change.person:
                due = self.clock.now() + self.profile.purge_after
                self._schedule.add(due, (Change("purged", change.person),))
            elif change.kind == "restored" and change.person:
                self._schedule.cancel(change.person)
            elif change.kind == "restart":
                self._schedule.clear()
                self._quarantined = False
        if self.profile.interval is None or at_once:
            self._work(changes)
        else:
            self._pending += changes

    def settle(self) -> None:
        """Let time pass until what was submitted has an outcome: approvals, one cycle, its automatic retries."""
        self.approve()
        horizon = self.clock.now() + DAY
        if self.profile.interval is None:
            self._retries(horizon)
        elif self._pending:
            self._next_cycle()
            for _ in range(FURTHER_CYCLES):
                if self._schedule.next > self._cycle_time() or self._cycle_time() > horizon:
                    break
                self._next_cycle()
        self._next_attempts()

    def sync(self) -> None:
        """Run the next regular cycle, whether or not there is anything to do."""
        if self.profile.interval is not None:
            self._next_cycle()

    def wait(self, seconds: float) -> None:
        """Let virtual time pass, with all that falls due in it; cycles with nothing to do send nothing."""
        until = self.clock.now() + seconds
        idle = 0
        while (at := self._next_action()) <= until:
            idle += self._cycles_until(at) - 1
            self.clock.advance(at)
            if self.profile.interval is None:
                self._work(self._due())
            else:
                self._cycle()
        idle += self._cycles_until(until)
        self.clock.advance(until)
        if idle > 0:
            cycles = "1 cycle" if idle == 1 else f"{idle} cycles"
            self.results.notes.append(f"{cycles} passed with nothing to do, and no probes are sent for them")

    def unsettled(self) -> None:
        """Say of each failure that the vendor tries again by itself that it waits, and until when."""
        for timer in self._schedule.attempts():
            for subject in {change.subject for change in timer.changes}:
                outcome = self.results.outcome(subject)
                if isinstance(outcome, Failed):
                    self.results.tell(subject, "", Waiting(outcome.reason, timer.due))

    def _next_action(self) -> float:
        due = self._schedule.next
        if self.profile.interval is None:
            return due
        cycle = self._cycle_time()
        if self._pending or due <= cycle:
            return cycle
        return math.ceil(due / self._interval()) * self._interval() if due < math.inf else due

    def _cycles_until(self, at: float) -> int:
        """How many regular cycles lie between now and `at`, that one included."""
        if self.profile.interval is None:
            return 0
        return max(0, math.floor((at - self._cycle_time()) / self._interval()) + 1)

    def approve(self, subjects: Sequence[str] | None = None) -> int:
        """Approve queued tasks, all where `subjects` is None: each is planned anew and runs. Returns how many."""
        jobs = self._taken(subjects)
        if not jobs:
            return 0
        self._approved = True
        try:
            self._work([change for job in jobs for change in job.changes])
        finally:
            self._approved = False
        return len(jobs)

    def reject(self, subjects: Sequence[str] | None = None) -> int:
        """Drop queued tasks, all where `subjects` is None. Returns how many."""
        jobs = self._taken(subjects)
        for job in jobs:
            self.results.tell(
                job.subject, job.lane, Skipped(f"{job.approval}: rejected by the administrator", by="settings")
            )

        return len(jobs)

    def retry(self, subjects: Sequence[str] | None = None) -> int:
        """Run failed tasks again, all where `subjects` is None. Returns how many."""
        wanted = [each for each in self._failed if subjects is None or each[0] in subjects]
        changes = list(dict.fromkeys(change for each in wanted for change in self._failed.pop(each)))
        self._schedule.drop(changes)
        self.submit(changes)
        return len(wanted)

    def _taken(self, subjects: Sequence[str] | None) -> list[Job]:
        wanted = [key for key in self._queue if subjects is None or key[0] in subjects]
        return [self._queue.pop(key) for key in wanted]

    def _send(self, call: Call) -> Answer:
        return self._line.send(self.profile.request(call, self.connection), call.quirks, call.probe)

    def _keep(self, promise: Promise) -> None:
        self.app.links.keep(promise)
        self.results.touch(promise)

    def _interval(self) -> float:
        return DAY if self._quarantined else self.profile.interval or 0.0

    def _cycle_time(self) -> float:
        interval = self._interval()
        return (math.floor(self.clock.now() / interval) + 1) * interval

    def _next_cycle(self) -> None:
        self.clock.advance(self._cycle_time())
        self._cycle()

    def _cycle(self) -> None:
        changes = self._due() + self._pending
        self._pending = []
        self._work(changes)

    def _due(self) -> list[Change]:
        changes: list[Change] = []
        for timer in self._schedule.take(self.clock.now()):
            changes += timer.changes if timer.attempt else self._purged(timer.changes)
        return changes

    def _purged(self, changes: Sequence[Change]) -> list[Change]:
        """Those of the changes whose person is still softly deleted: their time has come."""
        found = []
        for change in changes:
            person = self.app.person(change.person or "")
            if person is not None and person.status == "deleted":
                self.app.put_person(replace(person, status="purged"))
                found.append(replace(change, detail={"assigned": self.app.assigned(person.key)}))
        return found

    def _retries(self, horizon: float) -> None:
        while self._schedule.next_is_retry and self._schedule.next <= horizon:
            self.clock.advance(self._schedule.next)
            self._work(self._due())

    def _work(self, changes: Sequence[Change]) -> None:
        if not changes and self.profile.interval is None:
            return
        for phase in self.profile.jobs(changes, self.app):
            self._stopped: Outcome | None = None
            self._crew.run(self._admitted(phase), self._told)
            if phase.gate and self._stopped is not None:
                self._held_up(changes, self._stopped)
                return
            if phase.gate:
                self._quarantined = False
        for change in changes:
            if not self.results.has(change.subject):
                self.results.tell(change.subject, "", Skipped("there is nothing to send", by="state"))

    def _admitted(self, phase: Phase) -> Phase:
        if self._approved:
            return phase
        return Phase((job for job in phase.jobs if self._admits(job)), phase.parallel, phase.gate)

    def _admits(self, job: Job) -> bool:
        if not job.approval:
            return True
        self._queue[job.subject, job.lane] = job
        self.results.tell(job.subject, job.lane, Pending(f"{job.approval}: waits for an administrator's approval"))
        return False

    def _held_up(self, changes: Sequence[Change], outcome: Outcome) -> None:
        self._quarantined = isinstance(outcome, Quarantined)
        self._pending = [*(change for change in changes if change.kind != "sync"), *self._pending]
        for change in changes:
            self.results.tell(change.subject, "", outcome)

    def _told(self, job: Job, outcome: Outcome) -> None:
        self.results.tell(job.subject, job.lane, outcome)
        if isinstance(outcome, Failed | Quarantined | Waiting):
            self._stopped = outcome
        if isinstance(outcome, Failed):
            self._failed[job.subject, job.lane] = job.changes
            cycle = self._cycle_time() if self.profile.interval is not None else 0.0
            self._schedule.failed(job, outcome, self.clock.now(), cycle)
        elif isinstance(outcome, Waiting):
            self._failed[job.subject, job.lane] = job.changes
        else:
            self._schedule.ended(job)
            if isinstance(outcome, Done):
                self._failed.pop((job.subject, job.lane), None)

    def _next_attempts(self) -> None:
        for timer in self._schedule.attempts():
            if any(self.results.has(change.subject) for change in timer.changes):
                when = duration(timer.due - self.clock.now())
                self.results.notes.append(f"the next attempt is in {when} of virtual time")
                return
