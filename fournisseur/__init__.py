"""A local OpenID Connect provider, for the demonstration and the tests.

Another site, with its own settings and database, that shares nothing with the portal: it plays Industriels Santé
Connect, with django-oauth-toolkit. It binds 127.0.0.1 only, and anybody may be anybody there: never deploy it.
"""
