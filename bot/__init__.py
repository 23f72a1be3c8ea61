"""Talks to people; the only package that knows Redis, Telegram and the process."""
