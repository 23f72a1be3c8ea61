"""Turns alerts and answers into messages: the only place with wording, emoji and markup."""
