"""The bodies of SCIM requests and answers, as far as the tracker has a use for them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


class Scim(BaseModel):
    """An object with the RFC's names in camelCase; what the tracker does not know is left out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Name(Scim):
    given_name: str = ""
    family_name: str = ""


class Email(Scim):
    value: str
    type: str = "work"
    primary: bool = True


class User(Scim):
    """An account."""

    schemas: list[str] = [USER]
    id: str = ""
    user_name: str
    external_id: str | None = None
    name: Name = Field(default_factory=Name)
    display_name: str | None = None
    title: str | None = None
    emails: list[Email] = []
    active: bool = True

    def shown(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True, exclude_none=True) | {"meta": {"resourceType": "User"}}


class Operation(Scim):
    """One operation of a PATCH; without a path, the attributes are the keys of the value (RFC 7644, section 3.5.2)."""

    op: Annotated[Literal["add", "replace", "remove"], BeforeValidator(str.lower)]
    path: str | None = None
    value: Any = None


class Patch(Scim):
    operations: list[Operation] = Field(alias="Operations")

    def applied(self, user: User) -> User:
        """The account after the operations."""
        document = user.model_dump(by_alias=True)
        for operation in self.operations:
            values = {operation.path: operation.value} if operation.path else operation.value
            for path, value in values.items():
                put(document, path, value)
        return User.model_validate(document | {"id": user.id})


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Sets one attribute, `None` to clear it; a path that the tracker has no attribute for changes nothing."""
    match path.replace('[type eq "work"]', "").split("."):
        case ["emails", "value"]:
            document["emails"] = [{"value": value}] if value else []
        case ["name", part]:
            document["name"] |= {part: value or ""}
        case [attribute]:
            document[attribute] = value
