"""The messages of phase 2, one function each, from plain data; the texts are in templates/preuves/mails/."""
