"""Understanding and rights: articles, quota law, quiz, project check, focal points, training."""
