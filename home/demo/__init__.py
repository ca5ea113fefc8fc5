"""Demo content: the made-up product of ``docs/explanation/demo-story.md``, for a fresh local site only.

``content`` and ``media`` hold what is told, in files that people can read; the modules put it into the site:

load       what is made, in which order
marketing  front page, about page, prices, contact
stories    articles, help pages and plain pages from ``content``
menus      header and footer
pictures   the media library
people     who can sign in
tree       a page is made once and then left alone
"""
