"""What templates may say about people and their devices."""
