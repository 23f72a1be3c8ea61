"""Benchmarks: each runs its rivals in the same process, in turn, and prints ratios."""
