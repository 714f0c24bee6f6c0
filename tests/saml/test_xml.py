"""XML from strangers is parsed without entities and document types, or refused."""

from __future__ import annotations

import pytest

from idpsim.saml.xml import Refused, parsed

BOMB = "".join(f'<!ENTITY a{each} "{f"&a{each - 1};" * 10}">' for each in range(1, 15))


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        f'<!DOCTYPE a [<!ENTITY a0 "lol">{BOMB}]><a>&a14;</a>'.encode(),
        f'<!DOCTYPE a [<!ENTITY a0 "lol">{BOMB}]><a b="&a14;"/>'.encode(),
        '<!DOCTYPE a><a/>'.encode("utf-16"),
        b"<a>" * 100_000,
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a/>" + b" " * 10_000_000,
        b"\xff\xfe",
        b"",
    ],
    ids=range(11),
)  # fmt: skip
def test_a_document_is_refused(document: bytes) -> None:
    with pytest.raises(Refused):
        parsed(document)


def test_another_is_not() -> None:
    root = parsed('<?xml version="1.0" encoding="utf-16"?><a>ä</a>'.encode("utf-16"))

    assert root.text == "ä"
