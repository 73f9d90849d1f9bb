"""What the recipes put into images, and that images of them work."""
