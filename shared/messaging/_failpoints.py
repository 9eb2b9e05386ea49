"""The failpoints of all packages, under the name that messaging knows."""

from shared.failpoints import EXIT_STATUS, failpoint

__all__ = ["EXIT_STATUS", "failpoint"]
