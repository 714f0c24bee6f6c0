"""Links and promises: what we remember of a resource, and what the service provider has acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["user", "group"]
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Promise:
    """What the service provider has just acknowledged about one resource.

    `values` by SCIM path (`active`, `name.givenName`, `emails[type eq "work"].value`, `urn:…:User:department`);
    with `whole` they are all that holds (POST, PUT), else they add to what was promised. A value of None says that
    the attribute was cleared. Members are uids. `gone` says that a DELETE was acknowledged; `forget` drops the link
    without a word about the resource.
    """

    kind: Kind
    uid: str
    id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False
    members: AbstractSet[str] | None = None
    joined: AbstractSet[str] = frozenset()
    left: AbstractSet[str] = frozenset()
    created: bool = False
    gone: bool = False
    forget: bool = False


class Kept(Mapping[str, Any]):
    """A mapping in two tuples: a hundred thousand of them with the same paths share the paths."""

    __slots__ = ("_paths", "_values")

    def __init__(self, paths: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self._paths = paths
        self._values = values

    def __getitem__(self, path: str) -> Any:
        try:
            return self._values[self._paths.index(path)]
        except ValueError:
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Kept, (self._paths, self._values))


@dataclass(frozen=True, slots=True)
class Link:
    """One person or group of the directory and its resource at the service provider.

    `uid` is the directory object's, `id` the resource's. `values` are the acknowledged values by SCIM path,
    `members` the acknowledged members by uid, one set for all links of a group in turn: with a hundred thousand
    members a copy for each that joins would take minutes. `created` says that this run made the resource.
    """

    kind: Kind
    uid: str
    id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    members: AbstractSet[str] = frozenset()
    created: bool = False

    @property
    def active(self) -> bool:
        """Whether the last acknowledged `active` was true, or there was none."""
        return self.values.get("active") is not False

    def promising(self, **values: Any) -> Promise:
        """The promise of these top-level attributes on this link's resource."""
        return self.promised(values)

    def promised(self, values: Mapping[str, Any], *, whole: bool = False) -> Promise:
        """The promise of these values by SCIM path."""
        return Promise(self.kind, self.uid, values=values, whole=whole)

    def gone(self) -> Promise:
        """The promise that the resource is deleted."""
        return Promise(self.kind, self.uid, gone=True)


class Links:
    """All links of one app, by kind and uid. Only the engine writes."""

    def __init__(self) -> None:
        self._links: dict[Kind, dict[str, Link]] = {"user": {}, "group": {}}
        self._gone: dict[Kind, dict[str, Link]] = {"user": {}, "group": {}}
        self._shapes: dict[tuple[str, ...], tuple[str, ...]] = {}

    def get(self, kind: Kind, uid: str) -> Link | None:
        return self._links[kind].get(uid)

    def user(self, uid: str) -> Link | None:
        return self._links["user"].get(uid)

    def group(self, uid: str) -> Link | None:
        return self._links["group"].get(uid)

    def gone(self, kind: Kind, uid: str) -> Link | None:
        """The link as it was before its resource was deleted, while there is no new one."""
        return self._gone[kind].get(uid)

    def all(self, kind: Kind) -> Iterable[Link]:
        return self._links[kind].values()

    def count(self, kind: Kind) -> int:
        return len(self._links[kind])

    def keep(self, promise: Promise) -> None:
        """Take a promise into its link; a promise with an id makes the link."""
        links = self._links[promise.kind]
        old = links.get(promise.uid)
        if promise.forget:
            links.pop(promise.uid, None)
        elif promise.gone:
            if old is not None:
                self._gone[promise.kind][promise.uid] = links.pop(promise.uid)
        elif promise.id is not None and (old is None or old.id != promise.id):
            self._gone[promise.kind].pop(promise.uid, None)
            fresh = Link(promise.kind, promise.uid, promise.id, created=promise.created)
            links[promise.uid] = self._with(fresh, promise)
        elif old is not None:
            links[promise.uid] = self._with(old, promise)

    def _with(self, link: Link, promise: Promise) -> Link:
        values = promise.values if promise.whole else {**link.values, **promise.values}
        members = link.members if promise.members is None and isinstance(link.members, set) else set(link.members)
        if promise.members is not None:
            members = set(promise.members)
        members |= promise.joined
        members -= promise.left
        return replace(link, values=self._compact(values), members=members, created=link.created or promise.created)

    def _compact(self, values: Mapping[str, Any]) -> Kept:
        paths = tuple(values)
        return Kept(self._shapes.setdefault(paths, paths), tuple(values.values()))
