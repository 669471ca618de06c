"""One message, one function, from plain data; the texts are in templates/preuves/mails/."""
