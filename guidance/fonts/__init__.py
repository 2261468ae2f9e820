"""The letters of the printed sheets: DejaVu Sans, cut to what French and Bambara write."""
