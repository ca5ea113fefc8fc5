"""The traps of dj-stripe 2.11 on today's API: each is shown where it still is, and shown not to catch us.

A trap that dj-stripe has removed fails its test here: then a guard of ours may go.
Two traps have their tests with the view: an event of another API version, and forged or broken requests.
"""
