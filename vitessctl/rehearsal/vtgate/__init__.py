"""The stand-in for vtgate: MySQL protocol in front, tablets behind, found by their health streams."""
