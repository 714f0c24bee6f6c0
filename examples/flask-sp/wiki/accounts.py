"""The wiki's accounts and groups, each a SCIM resource in a row of sqlite."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .patch import Json

SCHEMA = """
create table if not exists resource (
    id text primary key, kind text not null, name text not null, body text not null, unique (kind, name)
)
"""
UNIQUE = {"Users": "userName", "Groups": "displayName"}
FILTER = re.compile(r'(?P<attribute>\w+)\s+eq\s+(?P<value>".*")', re.IGNORECASE)
CASE_EXACT = {"id", "externalId"}


class NameTaken(Exception):
    """Another account or group has this name already."""


class Accounts:
    """Who may use the wiki, and in which groups; shared by all workers through the file."""

    def __init__(self, database: str | Path) -> None:
        self.database = database
        with self.rows() as rows:
            rows.execute(SCHEMA)

    @contextmanager
    def rows(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            yield connection

    def may_log_in(self, user_name: str) -> bool:
        """Whether the wiki lets this person in: there is an account, and it is active."""
        return any(user["active"] for user in self.find("Users", f"userName eq {json.dumps(user_name)}"))

    def members(self, group: str) -> set[str]:
        """The userNames of a group's members."""
        ids = {
            member["value"]
            for found in self.find("Groups", f"displayName eq {json.dumps(group)}")
            for member in found.get("members", ())
        }
        return {user["userName"] for user in self.find("Users") if user["id"] in ids}

    def find(self, kind: str, text: str | None = None) -> list[Json]:
        """Those that a filter `attribute eq "value"` selects; ValueError if it is any other."""
        with self.rows() as rows:
            found = [json.loads(body) for (body,) in rows.execute("select body from resource where kind = ?", [kind])]
        if text is None:
            return found
        if not (term := FILTER.fullmatch(text.strip())):
            raise ValueError(f"This filter is not supported: {text}")
        attribute, wanted = term["attribute"], json.loads(term["value"])
        if attribute in CASE_EXACT:
            return [each for each in found if each.get(attribute) == wanted]
        return [each for each in found if str(each.get(attribute, "")).casefold() == wanted.casefold()]

    def get(self, kind: str, identity: str) -> Json | None:
        with self.rows() as rows:
            row = rows.execute("select body from resource where kind = ? and id = ?", [kind, identity]).fetchone()
        return json.loads(row[0]) if row else None

    def add(self, kind: str, resource: Json) -> Json:
        defaults = {"active": True} if kind == "Users" else {}
        return self.save(kind, str(uuid.uuid4()), defaults | resource)

    def save(self, kind: str, identity: str, resource: Json) -> Json:
        """Stores the resource under this id; NameTaken if another has its name, in whatever case."""
        name = resource.get(UNIQUE[kind])
        whole = resource | {"id": identity}
        try:
            with self.rows() as rows:
                rows.execute(
                    "insert into resource values (:id, :kind, :name, :body)"
                    " on conflict (id) do update set name = :name, body = :body",
                    {"id": identity, "kind": kind, "name": str(name).casefold(), "body": json.dumps(whole)},
                )
        except sqlite3.IntegrityError:
            raise NameTaken(f"{UNIQUE[kind]} {name} is taken.") from None
        return whole

    def remove(self, kind: str, identity: str) -> None:
        with self.rows() as rows:
            rows.execute("delete from resource where kind = ? and id = ?", [kind, identity])
