"""What a search means and how well an entry answers it, whichever engine looks.

`syntax` reads what was typed, `expansion` tells what it means (`meaning`), with the words of
`synonyms/` and `spelling`; `relevance` puts what an engine found in order.
"""
