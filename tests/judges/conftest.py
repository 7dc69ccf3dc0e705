"""The judges' sandbox is that of its own tests."""

from sandbox.conftest import sandbox

__all__ = ["sandbox"]
