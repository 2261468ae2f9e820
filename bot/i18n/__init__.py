"""The catalogues: taking texts in, checking them, and finding the words at run time."""
