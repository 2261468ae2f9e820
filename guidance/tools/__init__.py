"""The questions of the quiz and of the project check, as data."""
