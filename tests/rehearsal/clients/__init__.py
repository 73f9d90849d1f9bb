"""The client programs of the images."""
