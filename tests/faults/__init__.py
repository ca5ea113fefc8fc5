"""What happens when machines do their worst: processes killed in the middle of their work."""
