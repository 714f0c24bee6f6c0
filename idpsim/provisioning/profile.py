"""What a vendor is to the engine: a client that turns changes into jobs, and calls into bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from idpsim.provisioning.flow import Call, Flow, Skipped, nothing
from idpsim.provisioning.links import nothing as no_detail
from idpsim.provisioning.settings import Settings
from idpsim.wire import Headers, Quirk, Request

if TYPE_CHECKING:
    from idpsim.provisioning.app import App


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened in the directory, or that an administrator did to the app.

    `kind` is one of `assigned`, `unassigned`, `updated`, `disabled`, `enabled`, `suspended`, `unsuspended`,
    `deleted`, `restored`, `purged`, `password` (of a `person`); `pushed`, `unpushed`, `group-assigned`,
    `group-unassigned`, `group-updated`, `group-deleted` (of a `group`); `joined`, `left` (a `person`, or a group as
    `member`, and a `group`); `sync`, `restart`, `on-demand`, `import`.
    `person` and `group` are uids. `attributes` are the directory's names of what was updated. `delete` is the
    administrator's answer where unpushing asks whether the group is to be deleted (None: not said).
    """

    kind: str
    person: str | None = None
    group: str | None = None
    member: str | None = None
    attributes: tuple[str, ...] = ()
    delete: bool | None = None
    detail: Mapping[str, Any] = field(default_factory=no_detail, compare=False, hash=False)

    @property
    def subject(self) -> str:
        """The uid of what this is about: the group of a membership, else the person; `app` for the app itself."""
        return self.group or self.person or "app"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work on one resource: a flow, what it is made of, and the changes that it serves.

    `flow` is a function of a module and `args` are values, so that a job can be stored, and opened anew.
    `subject` is the uid of the person or group it is about (`app` for a connection test), `lane` tells apart several
    jobs on one subject. `approval` names what an administrator has to approve first.
    """

    subject: str
    flow: Callable[..., Flow]
    args: tuple[Any, ...] = ()
    changes: tuple[Change, ...] = ()
    lane: str = ""
    approval: str = ""

    def open(self) -> Flow:
        """A fresh flow of this job."""
        return self.flow(*self.args)

    @classmethod
    def skipping(cls, change: Change, outcome: Skipped, lane: str = "") -> Job:
        """A job that sends nothing and says why."""
        return cls(change.subject, nothing, (outcome,), (change,), lane)


@dataclass(frozen=True, slots=True)
class Phase:
    """Jobs that may run side by side; the next phase starts when all of them have ended.

    `jobs` may be lazy. With `gate`, a failed job ends the cycle: what was to follow waits for the next one.
    """

    jobs: Iterable[Job]
    parallel: bool = False
    gate: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """When a failed job is tried again by itself.

    `on` lists codes of failures, statuses (`429`), classes (`5xx`, `4xx`), `none` (no answer) or `any`. `waits` are
    seconds until each new attempt, the last one repeated up to `attempts`; 0 is the vendor's next cycle.
    `retry_after` lets a whole number in the answer's Retry-After replace the first wait, and `doubling` doubles each
    further one.
    """

    on: tuple[str, ...]
    waits: tuple[float, ...]
    attempts: int
    retry_after: bool = False
    doubling: bool = False
    quirk: Quirk | None = None


@cache
def _host(base: str) -> str:
    return urlsplit(base).netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the app sends to: base URL, the whole Authorization value, and headers that the vendor does not send.

    `settings` are the app's, for the switches that shape requests.
    """

    base: str
    authorization: str | None = None
    headers: Headers = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return _host(self.base)


class JobsOf(Protocol):
    """The heart of a profile: the phases of jobs that these changes make; later phases see what earlier ones linked."""

    def __call__(self, changes: Sequence[Change], app: App) -> Iterator[Phase]: ...


@dataclass(frozen=True, slots=True)
class Profile:
    """One vendor's client.

    `plays` is a line for the table of profiles, `evidence` says what its shapes rest on. `never` holds, by event, the
    reason and source of what this vendor never does: such a step changes nothing. `interval` is the length of a
    cycle in seconds, None for a vendor that acts at once. `push_assigns` makes pushing a group and assigning it one
    thing; `push_and_assign_conflict` forbids both for one group. `purge_after` is the time from soft to hard deletion,
    in seconds. `disable_unassigns`: disabling or deleting a person ends their direct assignments.
    `nesting` says why a group inside a group is left out.
    A change of one of the `restarting_settings` makes the next cycle an initial one.
    """

    name: str
    vendor: str
    title: str
    plays: str
    evidence: str
    settings: Settings
    connect: Callable[[App], Job]
    jobs: JobsOf
    request: Callable[[Call, Connection], Request]
    never: Mapping[str, Skipped] = field(default_factory=dict)
    interval: float | None = None
    retries: tuple[Retry, ...] = ()
    push_assigns: bool = False
    push_and_assign_conflict: Quirk | None = None
    purge_after: float | None = None
    disable_unassigns: bool = False
    nesting: Skipped = field(default_factory=lambda: Skipped("groups inside groups are not sent"))
    restarting_settings: frozenset[str] = frozenset()
