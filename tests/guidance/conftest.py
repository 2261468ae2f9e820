"""The real conversation over the starter directory, as the golden transcripts have it."""

from tests.golden.conftest import conversation, demo_settings

__all__ = ["conversation", "demo_settings"]
