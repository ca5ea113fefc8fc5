"""What is sold: plans, their versions, prices and features."""
