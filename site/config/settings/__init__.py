"""One settings module per place the site runs in; all of them start from ``base``."""
