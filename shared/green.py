"""Green threads, switched on in one place before anything else is imported.

Every process entry point begins with ``from shared import green; green.patch()``.
"""

from __future__ import annotations

import warnings


def patch() -> None:
    """Make the standard library and psycopg yield to green threads; calling twice is harmless."""
    with warnings.catch_warnings():
        # eventlet announces its maintenance mode at every import; the runtime is chosen on purpose.
        warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")
        import eventlet
        import eventlet.patcher

        if not eventlet.patcher.is_monkey_patched("socket"):
            eventlet.monkey_patch()
    # Only now, for both are made for what was patched.
    from psycopg import waiting

    from shared.green_wait import wait

    waiting.wait = wait
