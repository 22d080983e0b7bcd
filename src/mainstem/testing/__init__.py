"""Contract suites, in-memory doubles and simulated parts, for tests of Mainstem and of what plugs into it.

Nothing in the product imports this package.
"""
