"""Links and promises: what we remember of a resource, and what the service provider has acknowledged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from sys import intern
from typing import Any, Literal, TypeAlias

from idpsim.wire import compact

Kind: TypeAlias = Literal["user", "group"]
_Row: TypeAlias = tuple[str, tuple[str, ...], bytes, AbstractSet[str], bool]
_NOTHING: Mapping[str, Any] = {}


def nothing() -> Mapping[str, Any]:
    """The one empty mapping that all values without any share."""
    return _NOTHING


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
    values: Mapping[str, Any] = field(default_factory=nothing)
    whole: bool = False
    members: AbstractSet[str] | None = None
    joined: AbstractSet[str] = frozenset()
    left: AbstractSet[str] = frozenset()
    created: bool = False
    gone: bool = False
    forget: bool = False


class Kept(Mapping[str, Any]):
    """Acknowledged values as they are held: paths, which many people share, and JSON, read when one is asked for."""

    __slots__ = ("_paths", "_raw", "_values")

    def __init__(self, paths: tuple[str, ...], raw: bytes) -> None:
        self._paths = paths
        self._raw = raw
        self._values: dict[str, Any] | None = None

    def _read(self) -> dict[str, Any]:
        if self._values is None:
            self._values = dict(zip(self._paths, json.loads(self._raw), strict=True))
        return self._values

    def __getitem__(self, path: str) -> Any:
        return self._read()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __reduce__(self) -> tuple[Any, ...]:
        return (Kept, (self._paths, self._raw))


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
    values: Mapping[str, Any] = field(default_factory=nothing)
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
    """All links of one app, by kind and uid. Only the engine writes.

    They are held as rows with their values as JSON, since a hundred thousand of them have to fit; a `Link` is made when
    one is looked at. A group's is made once: as long as nothing is promised it is the same object.
    """

    def __init__(self) -> None:
        self._rows: dict[Kind, dict[str, _Row]] = {"user": {}, "group": {}}
        self._gone: dict[Kind, dict[str, _Row]] = {"user": {}, "group": {}}
        self._group_links: dict[str, Link] = {}
        self._shapes: dict[tuple[str, ...], tuple[str, ...]] = {}

    def get(self, kind: Kind, uid: str) -> Link | None:
        row = self._rows[kind].get(uid)
        return None if row is None else _link(kind, uid, row)

    def user(self, uid: str) -> Link | None:
        return self.get("user", uid)

    def group(self, uid: str) -> Link | None:
        if uid not in self._group_links and (link := self.get("group", uid)):
            self._group_links[uid] = link
        return self._group_links.get(uid)

    def gone(self, kind: Kind, uid: str) -> Link | None:
        """The link as it was before its resource was deleted, while there is no new one."""
        row = self._gone[kind].get(uid)
        return None if row is None else _link(kind, uid, row)

    def departed(self, kind: Kind) -> Iterable[Link]:
        """The links whose resource was deleted, as they were before."""
        return (_link(kind, uid, row) for uid, row in self._gone[kind].items())

    def all(self, kind: Kind) -> Iterable[Link]:
        return (_link(kind, uid, row) for uid, row in self._rows[kind].items())

    def count(self, kind: Kind) -> int:
        return len(self._rows[kind])

    def keep(self, promise: Promise) -> None:
        """Take a promise into its link; a promise with an id makes the link."""
        rows, uid = self._rows[promise.kind], promise.uid
        self._group_links.pop(uid, None)
        old = rows.get(uid)
        if promise.forget:
            rows.pop(uid, None)
        elif promise.gone:
            if old is not None:
                self._gone[promise.kind][uid] = rows.pop(uid)
        elif promise.id is not None and (old is None or old[0] != promise.id):
            self._gone[promise.kind].pop(uid, None)
            rows[uid] = self._changed((promise.id, (), b"[]", frozenset(), False), promise)
        elif old is not None:
            rows[uid] = self._changed(old, promise)

    def _changed(self, row: _Row, promise: Promise) -> _Row:
        identifier, paths, raw, members, created = row
        if promise.whole:
            paths, raw = self._packed(promise.values)
        elif promise.values:
            paths, raw = self._packed({**Kept(paths, raw), **promise.values})
        if promise.kind == "group":
            members = members if promise.members is None and isinstance(members, set) else set(members)
            members = members if promise.members is None else set(promise.members)
            members |= promise.joined
            members -= promise.left
        return identifier, paths, raw, members, created or promise.created

    def _packed(self, values: Mapping[str, Any]) -> tuple[tuple[str, ...], bytes]:
        paths = tuple(map(intern, values))
        return self._shapes.setdefault(paths, paths), compact(list(values.values()))


def _link(kind: Kind, uid: str, row: _Row) -> Link:
    identifier, paths, raw, members, created = row
    return Link(kind, uid, identifier, Kept(paths, raw), members, created)
