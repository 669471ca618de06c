"""What leaves the portal as a file: a calendar of échéances, the PDF of an accusé; and how every PDF is printed."""
