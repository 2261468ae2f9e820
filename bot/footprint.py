"""Keeps what runs small and quick: what is loaded at the start stays out of the way."""

import ctypes
import gc
import sys

_KEEP_NOTHING_SPARE = 0


def settle() -> None:
    """Call once everything is loaded: hand back what loading needed, and leave the rest alone.

    The model, the flows and the catalogues live until the end: without this the garbage collector
    walks through them again and again while people wait. Unpacking the model leaves some twenty
    megabytes that glibc would keep for later.
    """
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if hasattr(library, "malloc_trim"):  # other C libraries have none
            library.malloc_trim(_KEEP_NOTHING_SPARE)
