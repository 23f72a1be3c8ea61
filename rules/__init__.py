"""Decides what matters; pure: no I/O library, no clock."""
