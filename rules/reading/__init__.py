"""What a Fed document says: pure functions over its text."""
