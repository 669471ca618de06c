"""The files that the portal makes: a calendar of échéances, the PDF of an accusé; and the printing of every PDF."""
