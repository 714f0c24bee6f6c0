"""A small SCIM application in Flask and in Starlette, as a service provider might have it: the targets of figure 5."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask import Flask, request
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
NOBODY = {"schemas": [LIST], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []}
app = Flask(__name__)
_ids = count(1)


@app.get("/scim/v2/Users")
def search() -> dict[str, Any]:
    return NOBODY


@app.post("/scim/v2/Users")
def create() -> tuple[dict[str, Any], int]:
    return {**request.get_json(force=True), "id": f"u{next(_ids)}"}, 201


@app.patch("/scim/v2/Users/<identifier>")
def change(identifier: str) -> dict[str, Any]:
    return {"schemas": [USER], "id": identifier, "active": False, "asked": len(request.get_json(force=True))}


async def _search(_: Request) -> JSONResponse:
    return JSONResponse(NOBODY)


async def _create(asked: Request) -> JSONResponse:
    return JSONResponse({**await asked.json(), "id": f"u{next(_ids)}"}, 201)


async def _change(asked: Request) -> JSONResponse:
    identifier = asked.path_params["identifier"]
    return JSONResponse({"schemas": [USER], "id": identifier, "active": False, "asked": len(await asked.json())})


asgi = Starlette(
    routes=[
        Route("/scim/v2/Users", _search),
        Route("/scim/v2/Users", _create, methods=["POST"]),
        Route("/scim/v2/Users/{identifier}", _change, methods=["PATCH"]),
    ]
)
