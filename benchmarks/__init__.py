"""What `make bench` runs: this project and the usual way beside each other, in one run on one machine."""
