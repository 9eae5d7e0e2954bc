"""Shipped weights, one versioned file each; see `jigsaw.record_linkage.model` for their form."""
