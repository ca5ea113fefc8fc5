"""Reports of articles: a PDF that a reader orders, pays with credits or has in their plan, and downloads.

From bottom to top:

models      the order: what was asked for, what was set aside for it, what became of it
content     what a report holds (pure)
rich_text   an editor's text as parts of a report (pure)
parts       the blocks of an article, as far as one reader may see them, as parts of a report
styles      how a report looks
layout      pages with their running feet, and a contents list that knows the page numbers
typesetting turns a report's content into a PDF
pricing     what a report takes from this reader
keeping     what becomes of an order and its file when it fails, grows old, or its reader leaves
ordering    sets credits aside and has a worker make the report, once per order
making      makes one: a sign of life now and then, captured at the end, given back where it fails
queries     what a reader ordered
tasks       the worker's side, and what is tidied up
views       ask, order, list, download
"""
