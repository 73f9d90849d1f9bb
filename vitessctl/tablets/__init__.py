"""What the tablets of a cluster are like: their records, and what they themselves say."""
