"""Green threads, switched on in one place before anything else is imported.

Every process entry point begins with ``from shared import green; green.patch()``.
"""

from __future__ import annotations

import os
import warnings


def patch() -> None:
    """Make the standard library and psycopg yield to green threads; calling twice is harmless.

    psycopg picks how it waits when it is imported, so the choice is in the environment first; only
    ``wait_selector`` goes through the patched ``select``.
    """
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")
    with warnings.catch_warnings():
        # eventlet announces its maintenance mode at every import; the runtime is chosen on purpose.
        warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")
        import eventlet
        import eventlet.patcher

        if not eventlet.patcher.is_monkey_patched("socket"):
            eventlet.monkey_patch()
