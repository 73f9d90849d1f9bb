"""One machine: processes under supervisor."""
