"""What SCIM calls a user or a group, and ours: django-scim2's adapters, with the PATCH requests that they lack."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django_scim.adapters import SCIMGroup, SCIMUser
from scim2_filter_parser.attr_paths import AttrPath

Json = dict[str, Any]

ACTIVE = ("active", None, None)
FIELDS = {
    ("userName", None, None): "username",
    ("externalId", None, None): "scim_external_id",
    ("name", "givenName", None): "first_name",
    ("name", "familyName", None): "last_name",
    ("displayName", None, None): "display_name",
    ("emails", "value", None): "email",
    ("title", None, None): "title",
    ACTIVE: "is_active",
}
NAME, MEMBERS, MEMBER = ("displayName", None, None), ("members", None, None), ("members", "value", None)


def base_location(request: HttpRequest) -> str:
    """Where `meta.location` begins: wherever the identity provider has found us."""
    return request.build_absolute_uri("/")


class UserAdapter(SCIMUser):
    """A member of the staff."""

    ATTR_MAP = FIELDS

    @property
    def display_name(self) -> str:
        return self.obj.display_name or super().display_name

    def to_dict(self) -> Json:
        return super().to_dict() | {"title": self.obj.title}

    def from_dict(self, d: Json) -> None:
        super().from_dict(d)
        self.obj.display_name = d.get("displayName") or ""
        self.obj.title = d.get("title") or ""

    def parse_path_and_values(self, path: str | None, value: Any) -> list[tuple[AttrPath, Any]]:
        """As text, "True" or "False", is how Entra ID sends `active`."""
        pairs = super().parse_path_and_values(path, value)
        return [(each, as_boolean(new) if each.first_path == ACTIVE else new) for each, new in pairs]

    def handle_replace(self, path: AttrPath, value: Any, operation: Json) -> None:
        """Sets the field; what we have no field for is left out, as it is from a POST and a PUT."""
        if field := FIELDS.get(list(path)[-1]):
            setattr(self.obj, field, value)
            self.save()

    handle_add = handle_replace

    def handle_remove(self, path: AttrPath, value: Any, operation: Json) -> None:
        """Sets the field to what it is in a new account."""
        if field := FIELDS.get(list(path)[-1]):
            self.handle_replace(path, self.obj._meta.get_field(field).get_default(), operation)


class GroupAdapter(SCIMGroup):
    """A group of the staff, which gives its members their rights."""

    ATTR_MAP = {NAME: "name", MEMBER: "id"}

    members_sent: list[Json] | None = None

    def from_dict(self, d: Json) -> None:
        super().from_dict(d)
        self.members_sent = d.get("members") or []

    def save(self) -> None:
        """Saves the group, then its members, where a POST or PUT has named them."""
        super().save()
        if self.members_sent is not None:
            self.set_members(self.members_sent)

    def set_members(self, members: list[Json]) -> None:
        self.obj.user_set.set([member["value"] for member in members])

    def handle_replace(self, path: AttrPath, value: Any, operation: Json) -> None:
        if path.first_path == MEMBERS:
            self.set_members(value)
        elif path.first_path == NAME:
            self.obj.name = value
            self.save()

    def handle_remove(self, path: AttrPath, value: Any, operation: Json) -> None:
        """Also `members[value eq "7"]`, where django-scim2 takes `members` with a list as value only."""
        if path.first_path == MEMBER:
            path, value = self.split_path("members"), [{"value": path.params_by_attr_paths[MEMBER]}]
        super().handle_remove(path, value, operation)


def as_boolean(value: Any) -> Any:
    """A boolean that came as text; anything else as it is, for django-scim2 to refuse."""
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value
