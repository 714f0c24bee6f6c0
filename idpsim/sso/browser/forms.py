"""Forms of a page, and what a browser sends of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

Pairs = tuple[tuple[str, str], ...]
_BUTTONS = frozenset(("submit", "button", "reset", "image"))
_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Field:
    """One control; `kind` is its type, `select` or `textarea`; `checked` says whether its value counts as it stands.

    `text` is what a button says, `hint` what else tells a person what to fill in; `action` and `method` are a button's
    own; `fallback` is true within `noscript`.
    """

    name: str
    value: str = ""
    kind: str = "text"
    checked: bool = True
    disabled: bool = False
    id: str = ""
    text: str = ""
    action: str | None = None
    method: str | None = None
    fallback: bool = False
    hint: str = ""

    @property
    def is_button(self) -> bool:
        return self.kind in _BUTTONS

    @property
    def is_hidden(self) -> bool:
        return self.kind == "hidden"


@dataclass(frozen=True, slots=True)
class Form:
    """One form; `fields` are its controls in their order, those elsewhere on the page that name it included."""

    action: str = ""
    method: str = "get"
    enctype: str = ""
    id: str = ""
    name: str = ""
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field | None:
        """The first control of that name."""
        return next((each for each in self.fields if each.name == name), None)

    @property
    def values(self) -> dict[str, str]:
        """What would be sent, by name, the last of each."""
        return dict(self.entries())

    @property
    def buttons(self) -> tuple[Field, ...]:
        """The buttons that send the form."""
        return tuple(each for each in self.fields if each.kind in ("submit", "image") and not each.disabled)

    @property
    def visible(self) -> tuple[Field, ...]:
        """The controls that a person fills in."""
        return tuple(each for each in self.fields if not (each.is_hidden or each.is_button or each.disabled))

    def entries(self, given: Mapping[str, str] | None = None, button: Field | None = None) -> Pairs:
        """What is sent, with `given` values in place of the form's own and `button` as the one that was pressed."""
        given = given or {}
        found: list[tuple[str, str]] = []
        for each in self.fields:
            if each.disabled or not each.name or (each.is_button and each is not button):
                continue
            if each.kind == "image":
                found += [(f"{each.name}.x", "1"), (f"{each.name}.y", "1")]
            elif each.name in given:
                found.append((each.name, given[each.name]))
            elif each.checked:
                found.append((each.name, "UTF-8" if each.is_hidden and each.name == "_charset_" else each.value))
        return tuple((_lines(name), _lines(value)) for name, value in found)


@dataclass(frozen=True, slots=True)
class Body:
    """What a form sends: bytes and their Content-Type."""

    data: bytes = field(repr=False)
    content_type: str


def urlencoded(pairs: Pairs) -> str:
    """`application/x-www-form-urlencoded` as browsers write it."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def body(pairs: Pairs, enctype: str) -> Body:
    """The body of a POST; an unknown `enctype` is urlencoded."""
    kind = enctype.strip().lower()
    if kind == "multipart/form-data":
        return _multipart(pairs)
    if kind == "text/plain":
        text = "".join(f"{name}={value}\r\n" for name, value in pairs)
        return Body(text.encode("utf-8", "replace"), "text/plain")
    return Body(urlencoded(pairs).encode("ascii"), "application/x-www-form-urlencoded")


def _multipart(pairs: Pairs) -> Body:
    from secrets import token_hex

    mark = f"----idpsimFormBoundary{token_hex(8)}"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{_in_header(name)}"\r\n\r\n{value}\r\n'
        for name, value in pairs
    ]
    text = "".join(parts) + f"--{mark}--\r\n"
    return Body(text.encode("utf-8", "replace"), f"multipart/form-data; boundary={mark}")


def _in_header(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _quoted(text: str) -> str:
    return quote_plus(text, safe="*", errors="replace").replace("~", "%7E")


def _lines(text: str) -> str:
    return _NEWLINE.sub("\r\n", text)
