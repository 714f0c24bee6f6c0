"""An independent service provider, python3-saml in its strict mode: whom it lets in, and what of that is wrong.

The first table was measured with responses made by other means; each later one is a finding of its own.
"""

from __future__ import annotations

import pytest

from idpsim.sso.tamper.catalogue import entries
from tests.parts import needed
from tests.sso.front import VENDORS
from tests.sso.tamper.issuing import issued
from tests.sso.tamper.judging import judged
from tests.sso.tamper.table import right

pytestmark = pytest.mark.thorough

needed("onelogin.saml2")

ADA, GRACE = "ada@example.com", "grace@example.com"
REFUSED = (
    *("expired", "not_yet_valid", "wrong_audience", "wrong_inresponseto_both", "unsigned", "stripped_assertion"),
    *("wrong_key", "wrong_key_right_cert", "tampered", "status_no_passive", "two_assertions", "dtd_xxe"),
    *("billion_laughs", "xsw1", "xsw2", "xsw3", "xsw4", "xsw5", "xsw6", "xsw7", "xsw8"),
    *("wrong_recipient", "wrong_destination", "wrong_issuer_both"),
)
ACCEPTED = {
    None: ADA,
    "no_audience": ADA,
    "unsolicited": ADA,
    "comment_in_nameid": f"{GRACE}.attacker.test",
    "huge_attribute": ADA,
}
WRONGLY = {
    "no_audience": ADA,
    # It compares addresses by how they begin.
    "longer_recipient": ADA,
    "md5": ADA,
    # It runs any transform that the signature names.
    "xslt_transform": GRACE,
}
ISSUED = [entry.name for entry in entries().values() if entry.protocol == "saml" and entry.by == "idp"]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_was_measured_to_be_refused_is(name: str, vendor: str) -> None:
    verdict = judged(vendor, issued(vendor, name))

    assert not verdict.accepted
    assert verdict.reason


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("name", "who"), ACCEPTED.items())
def test_what_was_measured_to_be_accepted_is(name: str | None, who: str, vendor: str) -> None:
    verdict = judged(vendor, issued(vendor, name))

    assert verdict.names[:1] == (who,)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", ISSUED)
def test_all_that_it_does_wrong_is_known(name: str, vendor: str) -> None:
    verdict = judged(vendor, issued(vendor, name))

    assert right(entries()[name], verdict) is (name not in WRONGLY)
    assert name not in WRONGLY or verdict.names[0] == WRONGLY[name]
