"""From what is seen to a cause and a remedy."""
