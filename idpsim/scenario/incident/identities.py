"""Who is who in a recording: ids, names and aliases of one person or group, whatever it was called when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from idpsim.provisioning.links import Kind
from idpsim.scenario.incident.attributes import Member, of_document, of_patch
from idpsim.scenario.incident.recorded import Recorded
from idpsim.scim import get

_NAMED_BY: dict[Kind, str] = {"user": "userName", "group": "displayName"}


@dataclass(eq=False, slots=True)
class Entity:
    """One person or group of a recording; `names` are in the order in which they came, `since` is its first request."""

    kind: Kind
    since: int
    names: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    invented: bool = False

    @property
    def name(self) -> str:
        """The name that it bears first."""
        return self.names[0]


class Identities:
    """The people and groups of a recording: by id where one is known, else by name."""

    def __init__(self, requests: Iterable[Recorded]) -> None:
        self.entities: list[Entity] = []
        self._ids: dict[tuple[Kind, str], Entity] = {}
        self._names: dict[tuple[Kind, str], Entity] = {}
        self._unknown: list[tuple[int, Kind, str]] = []
        requests = tuple(requests)
        for each in requests:
            self._answered(each)
            self._asked(each)
        self._membership(requests)
        for each in requests:
            self._failed_lookup(each)
        self._name_the_unknown()
        for each in requests:
            self._asked(each)

    def of(self, request: Recorded) -> Entity | None:
        """Whom a request is about, None where that is nobody (a probe, a list)."""
        if request.about == "other":
            return None
        if request.id is not None:
            return self.by_id(request.about, request.id)
        if request.lookup:
            return self.by_name(request.about, request.named or "")
        name = get(request.body, _NAMED_BY[request.about]) if isinstance(request.body, dict) else None
        return self.by_name(request.about, name) if request.method == "POST" and isinstance(name, str) else None

    def by_id(self, kind: Kind, identifier: str) -> Entity | None:
        """The one with this id at the service provider."""
        return self._ids.get((kind, identifier))

    def by_name(self, kind: Kind, name: str) -> Entity | None:
        """The one that bears or has borne this name, or has it as an alias, in any case."""
        return self._names.get((kind, name.casefold()))

    def ids(self) -> Iterator[tuple[str, Entity]]:
        """Every id with the one whose it is."""
        return ((identifier, entity) for (_, identifier), entity in self._ids.items())

    def _answered(self, request: Recorded) -> None:
        if request.about != "other":
            for document in request.found:
                self._know(request, request.about, document, get(document, "id"))

    def _asked(self, request: Recorded) -> None:
        if request.about == "other" or request.method not in ("POST", "PUT", "PATCH", "DELETE", "GET"):
            return
        body = request.body if isinstance(request.body, dict) else {}
        if request.method == "PATCH":
            body = {name: value for name, value in of_patch(body).attributes.items() if name in _NAMED_BY.values()}
        created = request.found[0] if request.found and request.method == "POST" else {}
        identifier = request.id or get(created, "id")
        known = (request.about, request.id) in self._ids
        if request.method in ("POST", "PUT") or (request.method == "PATCH" and known):
            self._know(request, request.about, body, identifier)
        if request.id is not None and (request.about, request.id) not in self._ids:
            self._unknown.append((request.number, request.about, request.id))

    def _know(self, request: Recorded, kind: Kind, document: dict[str, Any], identifier: Any) -> None:
        name = get(document, _NAMED_BY[kind])
        identifier = identifier if isinstance(identifier, str) and identifier else None
        if not isinstance(name, str) or not name.strip():
            name = None
        entity = self._ids.get((kind, identifier)) if identifier else None
        entity = entity or (self._names.get((kind, name.casefold())) if name else None)
        if entity is None:
            if name is None:
                return
            entity = Entity(kind, request.number)
            self.entities.append(entity)
        if name and name not in entity.names:
            entity.names.append(name)
        if identifier and identifier not in entity.ids:
            entity.ids.append(identifier)
            self._ids[kind, identifier] = entity
        for alias in (name, get(document, "externalId"), of_document(document).attributes.get("email")):
            if isinstance(alias, str) and alias and kind == "user":
                self._names.setdefault((kind, alias.casefold()), entity)
        if name:
            self._names[kind, name.casefold()] = entity

    def _membership(self, requests: Iterable[Recorded]) -> None:
        """Members are often shown with their names: that tells whose an id is that no answer has given."""
        for request in requests:
            if request.about != "group" or request.method not in ("POST", "PUT", "PATCH"):
                continue
            said = of_patch(request.body) if request.method == "PATCH" else of_document(request.body)
            for member in (*(said.members or ()), *said.added, *said.removed):
                self._member(request, member)

    def _member(self, request: Recorded, member: Member) -> None:
        if ("user", member.id) in self._ids or ("group", member.id) in self._ids:
            return
        entity = self._names.get(("user", member.display.casefold())) if member.display else None
        if entity is not None:
            self._identify(entity, member.id)
        elif "@" in member.display:
            self._know(request, "user", {"userName": member.display}, member.id)
        else:
            self._unknown.append((request.number, "user", member.id))

    def _identify(self, entity: Entity, identifier: str) -> None:
        entity.ids.append(identifier)
        self._ids[entity.kind, identifier] = entity

    def _failed_lookup(self, request: Recorded) -> None:
        """Who was looked for and no proper answer came is somebody; a name that is no address is a probe."""
        name = request.named
        if not request.lookup or name is None or request.about == "other" or "@" not in name:
            return
        if request.refused and self.by_name(request.about, name) is None:
            self._know(request, request.about, {_NAMED_BY[request.about]: name}, None)

    def _name_the_unknown(self) -> None:
        """An id that nothing names is that of the only one before it without an id, else of somebody unknown."""
        for number, kind, identifier in sorted(self._unknown, key=lambda each: each[0]):
            if (kind, identifier) in self._ids:
                continue
            without = [each for each in self.entities if each.kind == kind and not each.ids and each.since < number]
            if len(without) == 1:
                self._identify(without[0], identifier)
                continue
            count = 1 + sum(each.invented and each.kind == kind for each in self.entities)
            name = f"unknown{count}@example.com" if kind == "user" else f"Unknown {count}"
            stranger = Entity(kind, number, [name], invented=True)
            self.entities.append(stranger)
            self._identify(stranger, identifier)
            self._names[kind, name.casefold()] = stranger
