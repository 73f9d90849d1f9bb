"""Where documents are applied."""
