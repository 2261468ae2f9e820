"""The interpreter of flows: `advance(library, session, event) -> Turn`. Pure: no I/O, no clock."""
