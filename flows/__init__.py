"""The conversations: a pure engine, the language of flow files, and the flows themselves."""
