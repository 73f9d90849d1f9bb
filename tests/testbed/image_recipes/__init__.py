"""Images for the test bed, which has no registry: the stand-ins, or real servers, under the names of the real images."""
