"""The wording of alerts: one file a kind of finding."""
