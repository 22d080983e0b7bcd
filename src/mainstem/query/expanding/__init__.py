"""The parts of the pass that expands: a module per construct.

The modules of single types (tiers, cases, timeframes, durations, places) are pure functions of SQL; only
`expansion` follows references.
"""
