"""Images for the test bed, which has no registry: stand-ins, or real servers, under the real images' names."""
