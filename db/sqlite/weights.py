"""The columns of the full-text index."""

#: columns of `entry_fts`, with what a hit in each weighs by relevance
WEIGHTS = {
    "title": 6.0,
    "title_parts": 3.0,
    "title_written": 3.0,
    "lead": 3.0,
    "keywords": 3.0,
    "body": 1.0,
    "body_parts": 0.5,
    "body_written": 0.5,
    "pages": 0.5,
    "pages_parts": 0.25,
    "pages_written": 0.25,
}
#: the better, the lower. Not `rank`, which FTS5 works out for every row it sorts
RELEVANCE = f"bm25(entry_fts, {', '.join(map(str, WEIGHTS.values()))})"
