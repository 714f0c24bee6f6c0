"""A page as a browser sees it: forms with their values, links, where it leads by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from idpsim.sso.browser.elements import Element, Elements, read
from idpsim.sso.browser.forms import Field, Form

_REFRESH = re.compile(r"\s*(\d{1,6})[\d.]{0,9}\s*(?:[;,\s]\s*(?:url\s*=\s*)?(.*))?", re.IGNORECASE | re.DOTALL)
_CONTROLS = frozenset(("input", "button", "select", "textarea"))
_INERT = frozenset(("template",))


@dataclass(frozen=True, slots=True)
class Link:
    """An `a` with an address."""

    href: str
    text: str


@dataclass(frozen=True)
class Document:
    """What a page holds.

    `refresh` is seconds and address (empty: the page itself) of a meta refresh outside `noscript`; `script` all inline
    script and the body's onload handler; `scripted` says whether there is any script, inline or not.
    """

    elements: Elements = field(default=Elements(), repr=False)
    forms: tuple[Form, ...] = ()
    links: tuple[Link, ...] = ()
    base: str = ""
    title: str = ""
    refresh: tuple[int, str] | None = None
    script: str = field(default="", repr=False)
    scripted: bool = False

    @property
    def text(self) -> str:
        """The visible text, white space folded."""
        return self.elements.seen()


def document(html: str) -> Document:
    """The document that `html` is; any text is one."""
    elements = read(html)
    live = [each for each in elements.all if "template" not in each.within]
    bases = (each.attributes["href"] for each in live if each.name == "base" and "href" in each.attributes)
    titles = (elements.inner(each) for each in live if each.name == "title")
    onload = "\n".join(each.attributes.get("onload", "") for each in live if each.name == "body")
    return Document(
        elements,
        forms(elements),
        tuple(_links(elements, live)),
        next(bases, ""),
        " ".join(next(titles, "").split()),
        _refresh(live),
        "\n".join((onload, *elements.scripts)),
        bool(onload.strip()) or any(each.name == "script" for each in live),
    )


def refresh(text: str) -> tuple[int, str] | None:
    """Seconds and address of a Refresh header or meta element, None where it is not one."""
    match = _REFRESH.fullmatch(text)
    if match is None:
        return None
    target = (match[2] or "").strip()
    if target[:1] in ("'", '"'):
        target = target[1:].partition(target[0])[0]
    return int(match[1]), target


def _refresh(live: list[Element]) -> tuple[int, str] | None:
    metas = (each for each in live if each.name == "meta" and "noscript" not in each.within)
    said = (
        refresh(each.attributes.get("content", ""))
        for each in metas
        if each.attributes.get("http-equiv", "").strip().lower() == "refresh"
    )
    return next((each for each in said if each is not None), None)


def _links(elements: Elements, live: list[Element]) -> Iterator[Link]:
    for each in live:
        if each.name == "a" and "href" in each.attributes:
            attributes = each.attributes
            text = elements.seen(each) or attributes.get("aria-label", "") or attributes.get("title", "")
            yield Link(attributes["href"], text)


def forms(elements: Elements) -> tuple[Form, ...]:
    """The forms of a page in their order, each with the controls that belong to it."""
    starts = [index for index, each in enumerate(elements.all) if each.name == "form" and each.form == index]
    by_id = {elements.all[index].attributes.get("id", ""): index for index in reversed(starts)}
    owned: dict[int, list[Field]] = {index: [] for index in starts}
    for index, each in enumerate(elements.all):
        if each.name in _CONTROLS and not each.within & _INERT:
            named = each.attributes.get("form")
            owner = by_id.get(named) if named else each.form
            if owner is not None:
                owned[owner].extend(_controls(elements, index, each))
    return tuple(_form(elements.all[index], tuple(owned[index])) for index in starts)


def _form(element: Element, fields: tuple[Field, ...]) -> Form:
    said = element.attributes
    return Form(
        said.get("action", ""),
        said.get("method", "get").strip().lower(),
        said.get("enctype", ""),
        said.get("id", ""),
        said.get("name", ""),
        fields,
    )


def _controls(elements: Elements, index: int, element: Element) -> Iterator[Field]:
    """The control, or one for each chosen option of a select."""
    said = element.attributes
    kind = _kind(element)
    common = {
        "id": said.get("id", ""),
        "disabled": "disabled" in said or "fieldset disabled" in element.within,
        "fallback": "noscript" in element.within,
    }
    values = _values(elements, index, element, kind)
    for value in values:
        yield Field(
            said.get("name", ""),
            value,
            kind,
            checked="checked" in said if kind in ("checkbox", "radio") else True,
            text=_text(elements, element),
            action=said.get("formaction"),
            method=said.get("formmethod"),
            hint=" ".join(said.get(name, "") for name in ("autocomplete", "placeholder", "aria-label")).strip(),
            **common,  # type: ignore[arg-type]
        )


def _kind(element: Element) -> str:
    if element.name in ("select", "textarea"):
        return element.name
    kind = element.attributes.get("type", "").strip().lower()
    if element.name == "button":
        return kind if kind in ("reset", "button") else "submit"
    return kind or "text"


def _text(elements: Elements, element: Element) -> str:
    """What a button says."""
    return elements.seen(element) if element.name == "button" else element.attributes.get("value", "")


def _values(elements: Elements, index: int, element: Element, kind: str) -> tuple[str, ...]:
    said = element.attributes
    if kind == "select":
        return _chosen(elements, index, element)
    if kind == "textarea":
        return (elements.inner(element).removeprefix("\r").removeprefix("\n"),)
    if kind in ("checkbox", "radio"):
        return (said.get("value", "on"),)
    return ("" if kind == "file" else said.get("value", ""),)


def _chosen(elements: Elements, index: int, element: Element) -> tuple[str, ...]:
    """The values that a select sends: the selected ones, or the first where one is always selected."""
    inside = takewhile(lambda at: elements.all[at].name != "select", range(index + 1, element.end))
    options = [each for each in map(elements.all.__getitem__, inside) if each.name == "option"]
    options = [each for each in options if "disabled" not in each.attributes]
    chosen = [each for each in options if "selected" in each.attributes]
    if "multiple" not in element.attributes:
        one_shows = element.attributes.get("size", "1").strip() in ("", "0", "1")
        chosen = chosen[-1:] or (options[:1] if one_shows else [])
    return tuple(each.attributes.get("value", " ".join(elements.inner(each).split())) for each in chosen)
