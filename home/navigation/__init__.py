"""What stands around every page: menus, footer, announcement, and the name of the organisation.

``blocks`` say what an editor fills in, ``models`` keep it per site, ``links`` turn it into plain values that
templates print without another query.
"""
