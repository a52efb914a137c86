"""Pages of PDFs: columns, running heads and lines, read in a process of their own."""
