"""Running jobs: one flow from its first call to its outcome, and the jobs of a phase side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from threading import Lock, Thread
from typing import Protocol

from idpsim.provisioning.flow import Call, Done, Ended, Failed, Outcome, Waiting
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Job, Phase
from idpsim.wire import Answer, NoResponse

Send = Callable[[Call], Answer]
Keep = Callable[[Promise], None]


class Journal(Protocol):
    """Where a job is stored while it runs: its inputs, then each answer, written before the next request leaves."""

    def begun(self, job: Job) -> int: ...
    def sending(self, ticket: int, call: Call) -> None: ...
    def answered(self, ticket: int, answer: Answer) -> None: ...
    def ended(self, ticket: int, outcome: Outcome) -> None: ...


class NoJournal:
    """Stores nothing."""

    def begun(self, job: Job) -> int:  # noqa: ARG002
        return 0

    def sending(self, ticket: int, call: Call) -> None: ...
    def answered(self, ticket: int, answer: Answer) -> None: ...
    def ended(self, ticket: int, outcome: Outcome) -> None: ...


LOST = NoResponse("lost", "the simulator was stopped before the answer came")


def perform(
    job: Job, send: Send, keep: Keep, journal: Journal, told: Sequence[Answer] = (), cut: bool = False
) -> Outcome:
    """Run a job to its outcome.

    `told` are answers from an earlier run that was stopped: they are fed to the fresh flow and nothing is sent for
    them. With `cut` the call behind them had left without an answer coming back: it counts as lost.
    """
    flow = job.open()
    ticket = journal.begun(job)
    past = iter([*told, LOST] if cut else told)
    try:
        effect = next(flow)
        while True:
            if isinstance(effect, Promise):
                keep(effect)
                effect = next(flow)
                continue
            answer = next(past, None) or _sent(effect, send, journal, ticket)
            if isinstance(answer, NoResponse) and answer.kind == "held":
                flow.close()
                raise Ended(Waiting(answer.reason))
            effect = flow.send(answer)
    except StopIteration as stop:
        outcome: Outcome = stop.value
    except Ended as ended:
        outcome = ended.outcome
    for promise in outcome.promises if isinstance(outcome, Done) else ():
        keep(promise)
    journal.ended(ticket, outcome)
    return outcome


def _sent(call: Call, send: Send, journal: Journal, ticket: int) -> Answer:
    journal.sending(ticket, call)
    answer = send(call)
    journal.answered(ticket, answer)
    return answer


class Crew:
    """Runs the jobs of a phase, up to `hands` at a time; what they promise and how they end is taken in one by one."""

    def __init__(self, send: Send, keep: Keep, journal: Journal, hands: int) -> None:
        self._send = send
        self._keep = keep
        self._journal = journal
        self._hands = hands
        self._lock = Lock()

    def run(self, phase: Phase, told: Callable[[Job, Outcome], None]) -> None:
        """Run every job and tell each outcome; an exception of a job is raised here."""
        jobs = iter(phase.jobs)
        if self._hands == 1 or not phase.parallel:
            for job in jobs:
                told(job, perform(job, self._send, self._keep, self._journal))
            return
        first = list(islice(jobs, 2))
        if len(first) < 2:
            for job in first:
                told(job, perform(job, self._send, self._keep, self._journal))
            return
        self._side_by_side(chain(first, jobs), told)

    def _side_by_side(self, jobs: Iterator[Job], told: Callable[[Job, Outcome], None]) -> None:
        wrong: list[BaseException] = []

        def work() -> None:
            while not wrong:
                try:
                    with self._lock:
                        job = next(jobs, None)
                    if job is None:
                        return
                    outcome = perform(job, self._send, self._keep_one, self._journal)
                    with self._lock:
                        told(job, outcome)
                except BaseException as error:
                    wrong.append(error)

        threads = [Thread(target=work, daemon=True) for _ in range(self._hands)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException as error:
            wrong.append(error)
            raise
        if wrong:
            raise wrong[0]

    def _keep_one(self, promise: Promise) -> None:
        with self._lock:
            self._keep(promise)


def failure_kinds(outcome: Failed) -> tuple[str, ...]:
    """The names by which a `Retry` may mean this failure: its code, `429`, `4xx`, `none`, and always `any`."""
    answer = outcome.answer
    code = (outcome.code,) if outcome.code else ()
    if answer is None:
        return (*code, "any")
    if isinstance(answer, NoResponse):
        return (*code, "none", "any")
    return (*code, str(answer.status), f"{answer.status // 100}xx", "any")
