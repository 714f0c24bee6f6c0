"""Jobs are stored as their inputs and answers, and resumed by feeding these to a fresh flow."""

from __future__ import annotations

import pickle

from idpsim.provisioning.flow import Call, Done, Failed, Outcome
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Job
from idpsim.provisioning.work import NoJournal, perform
from idpsim.wire import Answer, Response

from .vendor import CREATED, create

FOUND = Response(200, body=b'{"Resources": []}')


class Memory:
    """A journal in memory: what was written, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def begun(self, job: Job) -> int:
        self.lines.append(f"begun {pickle.loads(pickle.dumps(job)).subject}")
        return 7

    def sending(self, ticket: int, call: Call) -> None:
        self.lines.append(f"{ticket} sending {call.method}")

    def answered(self, ticket: int, answer: Answer) -> None:
        self.lines.append(f"{ticket} answered {getattr(answer, 'status', None)}")

    def ended(self, ticket: int, outcome: Outcome) -> None:
        self.lines.append(f"{ticket} ended {outcome.word}")


def test_everything_is_written_down_before_the_next_request_leaves() -> None:
    journal, answers = Memory(), iter([FOUND, CREATED])

    perform(Job("ada", create, ("ada",)), lambda _: next(answers), lambda _: None, journal)

    assert journal.lines == [
        "begun ada",
        "7 sending GET",
        "7 answered 200",
        "7 sending POST",
        "7 answered 201",
        "7 ended done",
    ]


def test_a_job_that_was_cut_off_goes_on_behind_its_last_stored_answer() -> None:
    sent: list[str] = []
    kept: list[Promise] = []

    def send(call: Call) -> Answer:
        sent.append(call.method)
        return CREATED

    outcome = perform(Job("ada", create, ("ada",)), send, kept.append, NoJournal(), told=[FOUND])

    assert isinstance(outcome, Done)
    assert sent == ["POST"]
    assert [each.id for each in kept] == ["u-1"]


def test_a_request_without_a_stored_answer_counts_as_lost() -> None:
    def never(call: Call) -> Answer:
        raise AssertionError(call)

    outcome = perform(Job("ada", create, ("ada",)), never, lambda _: None, NoJournal(), told=[FOUND], cut=True)

    assert isinstance(outcome, Failed)
    assert "stopped before the answer came" in outcome.reason
