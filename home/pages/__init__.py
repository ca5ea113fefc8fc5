"""The types of pages, one module per kind.

base       what all of them share: summary, social picture, audience
front      the front page
standard   plain pages and the about page
pricing    the plans
help       help index and help pages
articles   article index, articles and their authors
"""
