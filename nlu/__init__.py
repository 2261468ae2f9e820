"""Language understanding: what a sentence in French or Bambara asks for."""
