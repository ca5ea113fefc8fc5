"""How machines see the site: shared links, search engines, feed readers. Only ever what everybody may read.

``cards``       title, description and picture of a page that somebody shares
``structured``  the same page as schema.org data
``feeds``       the newest articles as RSS and Atom
``robots``      what crawlers may visit
"""
