"""The conversation in a browser, for trying it out and for training staff."""
