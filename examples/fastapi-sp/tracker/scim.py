"""SCIM 2.0 for the accounts, below /scim/v2: whoever has the token may provision."""

from __future__ import annotations

import hmac
import json
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from .accounts import Accounts, NameTaken
from .models import Patch, User

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
FILTER = re.compile(r'(?P<attribute>\w+)\s+eq\s+(?P<value>".*")', re.IGNORECASE)


class Refused(Exception):
    """An error answer: its status and why."""

    def __init__(self, status: int, detail: str, scim_type: str | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.scim_type = status, detail, scim_type


async def refusal(_request: Request, error: Refused) -> Response:
    body = {"schemas": [ERROR], "status": str(error.status), "detail": error.detail}
    return scim(body | ({"scimType": error.scim_type} if error.scim_type else {}), error.status)


async def misunderstanding(request: Request, error: RequestValidationError) -> Response:
    what = [f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors()]
    return await refusal(request, Refused(400, "; ".join(what), "invalidValue"))


def scim(content: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, media_type="application/scim+json")


async def only_with_the_token(request: Request, authorization: Annotated[str, Header()] = "") -> None:
    wanted = f"Bearer {request.app.state.settings.scim_token}"
    if not hmac.compare_digest(authorization.encode(), wanted.encode()):
        raise Refused(401, "The bearer token is missing or wrong.")


async def accounts_of(request: Request) -> Accounts:
    return request.app.state.accounts


async def named_user(user_id: str, accounts: Annotated[Accounts, Depends(accounts_of)]) -> User:
    if found := accounts.users.get(user_id):
        return found
    raise Refused(404, f"There is no user {user_id}.")


All = Annotated[Accounts, Depends(accounts_of)]
One = Annotated[User, Depends(named_user)]
router = APIRouter(prefix="/scim/v2", dependencies=[Depends(only_with_the_token)])


@router.get("/Users")
async def find(accounts: All, filter: str = "", startIndex: int = 1, count: int = 100) -> Response:
    """A page of those whom the filter `attribute eq "value"` selects, of all without one."""
    matching = [user.shown() for user in accounts]
    if filter:
        if not (term := FILTER.fullmatch(filter.strip())):
            raise Refused(400, f"This filter is not supported: {filter}", "invalidFilter")
        name, wanted = term["attribute"], json.loads(term["value"])
        fold = str if name in ("id", "externalId") else lambda text: str(text).casefold()
        matching = [user for user in matching if name in user and fold(user[name]) == fold(wanted)]
    page = matching[max(startIndex, 1) - 1 :][: max(count, 0)]
    return scim({"schemas": [LIST], "totalResults": len(matching), "startIndex": startIndex, "Resources": page})


@router.post("/Users")
async def create(user: User, accounts: All) -> Response:
    return scim(saved(accounts, user), 201)


@router.get("/Users/{user_id}")
async def read(user: One) -> Response:
    return scim(user.shown())


@router.put("/Users/{user_id}")
async def replace(old: One, new: User, accounts: All) -> Response:
    active = new.active if "active" in new.model_fields_set else old.active
    return scim(saved(accounts, new.model_copy(update={"id": old.id, "active": active})))


@router.patch("/Users/{user_id}")
async def change(user: One, patch: Patch, accounts: All) -> Response:
    return scim(saved(accounts, patch.applied(user)))


@router.delete("/Users/{user_id}")
async def remove(user: One, accounts: All) -> Response:
    del accounts.users[user.id]
    return Response(status_code=204)


def saved(accounts: Accounts, user: User) -> dict[str, Any]:
    try:
        return (accounts.save(user) if user.id in accounts.users else accounts.add(user)).shown()
    except NameTaken:
        raise Refused(409, f"userName {user.user_name} is taken.", "uniqueness") from None
