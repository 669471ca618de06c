"""What is read for phase 3, from every floor below. One module for each noun."""
