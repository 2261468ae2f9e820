"""The flows themselves, one YAML file per subject."""
