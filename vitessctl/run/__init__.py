"""Stage by stage: apply, act, gate."""
