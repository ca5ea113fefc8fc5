"""What would trouble readers of a page, told to the editor in time.

findings    looks a page over (pure; the page's rule comes from the gate)
checker     the rules of Wagtail's own checks panel and userbar, for this site
publishing  says what was found when a page is published
report      every page with something to do, in the admin under Reports
"""
