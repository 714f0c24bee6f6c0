"""The attributes of people and groups as keys of the language."""

from __future__ import annotations

from dataclasses import replace

from idpsim.directory import PERSON_ATTRIBUTES
from idpsim.scenario.named import Name
from idpsim.scenario.scalars import Text
from idpsim.scenario.shapes import BySubject, Key, Keys

_DOCS = {
    "userName": "The sign-in name; unique in the directory.",
    "email": "The work e-mail address; the userName by default.",
    "secondEmail": "Another e-mail address.",
    "displayName": 'The name that is shown; "given family" by default.',
    "alias": "The mail nickname; the part of userName before the @ by default.",
    "userType": "What kind of user this is, such as Employee.",
    "employeeNumber": "A text, so that 007 keeps its zeros.",
    "manager": "The person in charge, by name.",
    "phone": "The work phone.",
    "mobile": "The mobile phone.",
    "office": "The office's name or room.",
    "country": "A country, in the form that the vendor's mapping sends.",
    "preferredLanguage": "A language such as en-GB.",
    "locale": "A locale such as en-GB.",
    "timezone": "A time zone such as Europe/Berlin.",
}
_TEXT = Text()
_CLEARED = Text(null="clears")
_KEPT = Text(null="refused")


def _doc(name: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return _DOCS.get(name, f"The {words}.")


PERSON_KEYS = tuple(Key(name, _TEXT, _doc(name), required=name == "userName") for name in PERSON_ATTRIBUTES)
CUSTOM = Key("custom", Keys(rest=Key("an attribute", _TEXT, "A custom attribute.")), "Attributes of your own, by name.")

_SET_PERSON = Keys(
    (
        *(
            replace(key, takes=_KEPT if key.name == "userName" else _CLEARED, required=False)
            for key in PERSON_KEYS
            if key.name != "manager"
        ),
        Key("manager", Name("person", clears=True), _doc("manager")),
        replace(CUSTOM, takes=Keys(rest=Key("an attribute", _CLEARED, "A custom attribute."))),
    ),
    says="attributes by name; null clears",
    filled=True,
)
_SET_GROUP = Keys((Key("displayName", _KEPT, "The group's name."),), filled=True)
SET = BySubject(_SET_PERSON, _SET_GROUP)
