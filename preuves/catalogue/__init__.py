"""The files of phase 2: the workbook of the REM, its annotations, and the tables of équivalences."""
