"""One rule on sharing per file. The order in which they are asked is in `may_share.py`."""
