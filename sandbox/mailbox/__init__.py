"""A mailbox that catches every mail the local site sends: an SMTP server and a web page to read them.

From bottom to top: store, message → smtp, web → __main__. ``server`` and ``client`` are for tests.
"""
