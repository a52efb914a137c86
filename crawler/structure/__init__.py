"""HTML, Markdown and plain text as blocks: what a text consists of."""
