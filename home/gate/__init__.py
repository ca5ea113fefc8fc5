"""The gate: who may read a page, and what is left of it for those who may not.

From bottom to top:

audience   what an editor can choose
choices    what a choice needs beside it (pure)
models     what the gate remembers: pages bought, and sums per page and day
rules      what the choices along a page's sections come to: one rule (pure)
features   the features a rule can ask for
access     may this person pass this rule?
quota      so many pages a period: which a reader has read, and who reads at all
traced     which bought pages mattered while something was made
opened     pages that are open to a reader for a reason of their own: read, or bought
streams    cuts what a reader may not see out of a stream, on stored values (pure)
sections   the rules of many pages, in a fixed number of queries
reading    one reader at one page: ties the above together
offers     what a refused reader is told
lists      marks the locked pages of a list
forms      the editor's form of a gated page
pages      what makes a page a gated page
indexing   keeps the search index true to the gate
signals    what happens when a page moves
privacy    Wagtail's own page privacy, for many pages at once
places     a document or picture is as public as the most public place that holds it
pictures   keeps pictures public or private, as their places are
tally      counts views, refusals, unlocks and sign-ups, without making readers wait
unlocking  unlocks a page for credits; ``unlock_views`` asks first
previews   shows editors a page with the eyes of each kind of reader
report     gated pages, what opens them, what happened at their gates; ``refunds``: what was paid
explorer   shows editors who can read each page
choosers   keeps drafts from the choosers of people who work on no page
downloads  what a reader gets who may not have a document
"""
