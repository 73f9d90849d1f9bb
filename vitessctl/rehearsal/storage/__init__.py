"""What the stand-in mysqld keeps on disk: rows, a binary log with GTIDs, and what was replicated."""
