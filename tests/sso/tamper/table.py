"""What python3-saml does with each falsified Response: `python -m tests.sso.tamper.table`."""

from __future__ import annotations

import sys

from idpsim.sso.tamper.catalogue import Entry, entries
from tests.sso.front import VENDORS
from tests.sso.tamper.issuing import issued
from tests.sso.tamper.judging import Verdict, judged

ADA, GRACE = "ada@example.com", "grace@example.com"


def right(entry: Entry, verdict: Verdict) -> bool:
    """Whether this is what a right service provider does."""
    if entry.must == "either":
        return True
    if entry.must == "refuse":
        return not verdict.accepted
    if entry.must == "not-victim":
        return not verdict.is_about(GRACE)
    return verdict.is_about(ADA)


def main() -> None:
    for entry in entries().values():
        if entry.protocol != "saml" or entry.by != "idp":
            continue
        cells = []
        for vendor in VENDORS:
            verdict = judged(vendor, issued(vendor, entry.name))
            word = verdict.names[0] if verdict.accepted else f"refused ({verdict.reason[:60]})"
            cells.append(word + ("" if right(entry, verdict) else "  <-- WRONG"))
        print(f"{entry.name:32} {entry.must:10} | " + " | ".join(cells if "-v" in sys.argv else dict.fromkeys(cells)))


if __name__ == "__main__":
    main()
