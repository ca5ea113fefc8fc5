"""What the suite needs of the machine: databases, servers, a browser, and no network beyond it."""
