"""A simulated company, and what stands in for the outside world: `world` makes its days, `play` plays them.

The same seed and size give the same company. Nothing here writes to a log or an event table: events go
through a gateway as anybody's do.
"""
