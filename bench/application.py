"""A small SCIM application in Flask, as a service provider might have it: the target of figure 5."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask import Flask, request

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
app = Flask(__name__)
_ids = count(1)


@app.get("/scim/v2/Users")
def search() -> dict[str, Any]:
    return {"schemas": [LIST], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []}


@app.post("/scim/v2/Users")
def create() -> tuple[dict[str, Any], int]:
    return {**request.get_json(force=True), "id": f"u{next(_ids)}"}, 201


@app.patch("/scim/v2/Users/<identifier>")
def change(identifier: str) -> dict[str, Any]:
    return {"schemas": [USER], "id": identifier, "active": False, "asked": len(request.get_json(force=True))}
