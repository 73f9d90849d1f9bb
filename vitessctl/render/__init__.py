"""From the model to documents, through Jinja templates."""
