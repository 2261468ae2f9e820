"""The language of flow files: reading YAML into definitions, checking and drawing them."""
