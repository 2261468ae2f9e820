"""The articles: one YAML file each; `order.txt` says in which order they are shown."""
