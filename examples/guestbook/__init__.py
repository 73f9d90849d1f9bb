"""A guestbook on Vitess: numbered pages of messages, written to the primary and read from replicas."""
