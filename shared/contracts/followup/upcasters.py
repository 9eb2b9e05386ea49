"""What raises followup's stored events of older versions; all are still at their first."""

from __future__ import annotations

from shared.contracts.codec import Steps

UPCASTERS: Steps = {}
PRIVATE_UPCASTERS: Steps = {}
