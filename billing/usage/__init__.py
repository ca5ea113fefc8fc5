"""What was used of each limit and meter, counted once per thing and period."""
