"""What people are told: alerts for who runs the site, notices for customers, each once."""
