"""Faults as a scenario writes them, and as the transport plays them."""

from __future__ import annotations

from idpsim.scenario.model import FaultSpec
from idpsim.transport.faults import Fault


def fault(spec: FaultSpec) -> Fault:
    """The fault that strikes between the two."""
    waits = spec.do == "status" and spec.retry_after is not None
    return Fault(
        on=spec.on,
        do=spec.do,
        times=spec.times,
        after=spec.after,
        status=spec.status,
        headers=(("Retry-After", str(spec.retry_after)),) if waits else (),
        body=(spec.body or "").encode(),
        seconds=spec.seconds,
        retry_after=spec.retry_after if spec.retry_after is not None else 1,
    )
