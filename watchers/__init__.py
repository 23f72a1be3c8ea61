"""Looks at the world: bytes in, events out."""
