"""The wiki's web application: SCIM 2.0 for users and groups, below /scim/v2."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from .accounts import Accounts, NameTaken
from .patch import Json, PatchError, patched, stored

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

scim = Blueprint("scim", __name__, url_prefix="/scim/v2")


def create_app(database: str | Path, token: str) -> Flask:
    """The wiki with its accounts in this sqlite file; whoever has the token may provision them."""
    app = Flask(__name__)
    app.config["TOKEN"] = token
    app.extensions["accounts"] = Accounts(database)
    app.register_blueprint(scim)
    return app


def accounts() -> Accounts:
    found: Accounts = current_app.extensions["accounts"]
    return found


@scim.before_request
def only_with_the_token() -> None:
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {current_app.config['TOKEN']}".encode()):
        abort(401, "The bearer token is missing or wrong.")


@scim.get("/<any(Users, Groups):kind>")
def find(kind: str) -> Response:
    """A page of those that the filter `attribute eq "value"` selects, of all without one."""
    try:
        matching = accounts().find(kind, request.args.get("filter"))
    except ValueError as error:
        abort(400, str(error))
    start, count = request.args.get("startIndex", 1, int), request.args.get("count", 100, int)
    page = matching[max(start, 1) - 1 :][: max(count, 0)]
    resources = [shown(kind, each) for each in page]
    return answer({"schemas": [LIST], "totalResults": len(matching), "startIndex": start, "Resources": resources})


@scim.post("/<any(Users, Groups):kind>")
def create(kind: str) -> Response:
    resource = accounts().add(kind, stored(body()))
    return answer(shown(kind, resource), 201)


@scim.get("/<any(Users, Groups):kind>/<identity>")
def read(kind: str, identity: str) -> Response:
    return answer(shown(kind, existing(kind, identity)))


@scim.put("/<any(Users, Groups):kind>/<identity>")
def replace(kind: str, identity: str) -> Response:
    old = existing(kind, identity)
    kept = {"active": old["active"]} if "active" in old else {}
    return answer(shown(kind, accounts().save(kind, identity, kept | stored(body()))))


@scim.patch("/<any(Users, Groups):kind>/<identity>")
def change(kind: str, identity: str) -> Response:
    resource = patched(existing(kind, identity), body().get("Operations", []))
    return answer(shown(kind, accounts().save(kind, identity, resource)))


@scim.delete("/<any(Users, Groups):kind>/<identity>")
def remove(kind: str, identity: str) -> tuple[str, int]:
    existing(kind, identity)
    accounts().remove(kind, identity)
    return "", 204


@scim.errorhandler(HTTPException)
def refused(error: HTTPException) -> Response:
    return answer({"schemas": [ERROR], "status": str(error.code), "detail": error.description}, error.code or 500)


@scim.errorhandler(PatchError)
def not_understood(error: PatchError) -> Response:
    return answer({"schemas": [ERROR], "status": "400", "scimType": "invalidValue", "detail": str(error)}, 400)


@scim.errorhandler(NameTaken)
def taken(error: NameTaken) -> Response:
    return answer({"schemas": [ERROR], "status": "409", "scimType": "uniqueness", "detail": str(error)}, 409)


def body() -> Json:
    """The request's JSON object, whatever its Content-Type."""
    sent: Any = request.get_json(force=True)
    if not isinstance(sent, dict):
        abort(400, "The body must be a JSON object.")
    return sent


def existing(kind: str, identity: str) -> Json:
    return accounts().get(kind, identity) or abort(404, f"There is no {kind.removesuffix('s')} {identity}.")


def shown(kind: str, resource: Json) -> Json:
    location = f"{request.host_url}scim/v2/{kind}/{resource['id']}"
    return resource | {"meta": {"resourceType": kind.removesuffix("s"), "location": location}}


def answer(content: Json, status: int = 200) -> Response:
    response = jsonify(content)
    response.status_code, response.mimetype = status, "application/scim+json"
    return response
