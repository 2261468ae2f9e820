"""Speed and memory, measured as ratios against a baseline of the same run: see `__main__`."""
