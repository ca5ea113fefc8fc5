"""Images, documents and the storages they live in."""
