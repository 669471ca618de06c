"""How an administrateur who helps sees the portal as somebody."""

from datetime import timedelta

LASTS = timedelta(minutes=30)
