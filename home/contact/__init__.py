"""The contact page: what a visitor writes is stored, and mailed to whom the editor named.

models    the page, and the fields an editor gives its form
forms     the form with its guards against machines
services  keeps a message and sees to its mail
tasks     sends the mail, as often as it takes
mails     what the mail says
"""
