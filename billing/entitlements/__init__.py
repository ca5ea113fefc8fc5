"""What a customer may do, and why not."""
