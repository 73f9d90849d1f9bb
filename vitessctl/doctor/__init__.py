"""What is wrong with a cluster beyond what `status` sees, and what of all that can be mended without any risk."""
