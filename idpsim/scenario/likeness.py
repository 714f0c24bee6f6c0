"""Two SCIM answers side by side: which ids belong together, what differs apart from ids, dates and versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from idpsim.wire import Answer, Response

MOST = 20
_IGNORED = {"id", "$ref", "created", "lastmodified", "version", "location", "etag"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
_NAMES = ("userName", "externalId", "displayName", "value", "name", "type")
_ABSENT = object()


def document(answer: Answer | None) -> Any:
    """The JSON of an answer, None where there is none."""
    return answer.json if isinstance(answer, Response) else None


def pairs(before: Any, now: Any) -> Iterator[tuple[str, str]]:
    """The ids and versions that stand at the same place in both, as (old, new)."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key, old in before.items():
            new = now.get(key)
            if key in ("id", "version") and isinstance(old, str) and isinstance(new, str) and old and new:
                yield old, new
            elif isinstance(old, dict | list):
                yield from pairs(old, new)
    elif isinstance(before, list) and isinstance(now, list):
        for old, new in _matched(before, now):
            if new is not _ABSENT and old is not _ABSENT:
                yield from pairs(old, new)


def differences(before: Any, now: Any, ids: Mapping[str, str]) -> list[str]:
    """What is different, one line for each JSON path; of very many the first."""
    found: list[str] = []
    for line in _compared(before, now, ids, ""):
        if len(found) == MOST:
            return [*found, "and more"]
        found.append(line)
    return found


def _compared(before: Any, now: Any, ids: Mapping[str, str], path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*before, *now]):
            if key.lower() not in _IGNORED:
                inner = f"{path}.{key}" if path else key
                yield from _compared(before.get(key, _ABSENT), now.get(key, _ABSENT), ids, inner)
    elif isinstance(before, list) and isinstance(now, list):
        translated = [_translated(each, ids) for each in before]
        for number, (old, new) in enumerate(_matched(translated, now)):
            yield from _compared(old, new, ids, f"{path}[{number}]")
    elif not _same(before, now, ids):
        yield f"{path or 'the body'} was {_written(before)}, is {_written(now)}"


def _matched(before: list[Any], now: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Elements that belong together: by what names them, else by their order."""
    rest = list(now)
    order: list[tuple[Any, Any]] = []
    for old in before:
        name = _name(old)
        mine = next((index for index, new in enumerate(rest) if name is not None and _name(new) == name), None)
        order.append((old, _ABSENT if mine is None else rest.pop(mine)))
    for old, new in order:
        yield old, rest.pop(0) if new is _ABSENT and rest else new
    for new in rest:
        yield _ABSENT, new


def _name(value: Any) -> Any:
    """What tells an element of a list from the others."""
    if not isinstance(value, dict):
        return value if isinstance(value, str | int) else None
    return next(((key, value[key]) for key in _NAMES if isinstance(value.get(key), str)), None)


def _translated(value: Any, ids: Mapping[str, str]) -> Any:
    """An element of a list with its id as it is now, so that members are found."""
    if isinstance(value, dict) and value.get("value") in ids:
        return {**value, "value": ids[value["value"]]}
    return value


def _same(before: Any, now: Any, ids: Mapping[str, str]) -> bool:
    if isinstance(before, str) and isinstance(now, str):
        if before == now or ids.get(before) == now:
            return True
        if _DATE.fullmatch(before) and _DATE.fullmatch(now):
            return True
        return any(old in before and before.replace(old, new) == now for old, new in ids.items())
    return bool(type(before) is type(now) and before == now)


def _written(value: Any) -> str:
    import json

    if value is _ABSENT:
        return "not there"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."
