"""Looking after a shard that has gone wrong: who replicates from whom, who leads, and who has to be made anew."""
