"""Steps that add to an event what its request tells: whether a bot sent it, and from where in the world.

They add to `context` and take nothing away; they run before privacy rules, which may then remove it. Each
module is imported only by a gateway that uses it, so this one imports neither.
"""
