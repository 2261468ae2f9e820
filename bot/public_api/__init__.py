"""The directory for other directories: HSDS over HTTP, read-only, off unless it is switched on."""
