"""What the regulation’s files say of phase 2: the workbook of the REM, its annotations, the tables of équivalences."""
