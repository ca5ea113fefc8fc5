"""Search over what everybody may know: published, unrestricted pages by their public parts.

``queries`` finds pages, ``views`` answers ``/search/`` and the search inside help.
"""
