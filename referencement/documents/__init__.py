"""What the portal prints: one kind, one template, from frozen data to the bytes of a tagged PDF/A-3.

The templates of a version, and its style sheet, are never edited once a document was issued with it: they are copied to
the folder of the next one. The same data with the same version are printed the same, byte for byte."""
