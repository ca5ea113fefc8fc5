"""People: who they are, how they sign in, what they see first.

models, managers    the person; the e-mail address is the name
people              creating a person, changing an address: kept in step with allauth
backends            who the session's user is, loaded with the payer in one join
adapters            the project's rules on top of allauth: safe ways back, mail, secrets
admin_access        the only doors into the two admins, and the second factor they ask for
roles               what "Editors" and "Billing admins" may do
avatars             profile pictures, made small and harmless
dashboard, views    what a signed-in person sees first, and their settings
closing             the end of an account, and fourteen days to undo it
journal             what happened to whose account, without personal data
"""
