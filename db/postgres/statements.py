"""From the SQL of `db.sql`, which is as SQLite reads it, to that of psycopg and PostgreSQL."""

import re
from functools import lru_cache

from db.sql import pieces

_SPELLINGS = {
    pieces.NOT_AMONG: "NOT IN (SELECT unnest(translate(?, '[]', '{}')::bigint[]))",
    pieces.AMONG_TEXTS: "= ANY (ARRAY(SELECT json_array_elements_text(?::json)))",
    pieces.AMONG: "= ANY (translate(?, '[]', '{}')::bigint[])",
    pieces.TERMS: "convert_to(terms, 'UTF8')",
    pieces.JOINED_TAGS: "string_agg(tag, ' ')",
    pieces.NEWEST_CHANGE: "SELECT greatest(one.number, coalesce((SELECT max(number)"
    " FROM entry_change), 0)) FROM entry_change_gone AS one",
    pieces.UNTAKEN: "FOR UPDATE SKIP LOCKED",
    pieces.KEPT: "FOR SHARE",
}
# what stands in quotes, a value, a percent sign, a list of nothing, and what is a hint to SQLite's
# planner alone
_PART = re.compile(
    r"""(?P<quoted>'[^']*'|"[^"]*")|(?P<place>\?)|(?<!:):(?P<name>[a-z_]+)|(?P<percent>%)"""
    r"""|(?P<none>\bIN\ \(\))|(?P<hint>\ INDEXED\ BY\ \w+|(?<=[ (])\+(?=[a-z]))"""
)

# an INSERT of one row of values, and what is to be done where it is there
_ONE_ROW = re.compile(
    r"(?P<into>\s*INSERT INTO [^()]*\([^()]*\)\s+VALUES\s+)(?P<row>\([^()]*\))(?P<rest>.*)", re.S
)


@lru_cache(maxsize=2_048)
def translated(sql: str) -> str:
    """Give a statement with a mark of psycopg's for each `?` and `:name`."""
    for piece, spelling in _SPELLINGS.items():
        sql = sql.replace(piece, spelling)
    return _PART.sub(_part, sql)


@lru_cache(maxsize=512)
def of_rows(statement: str, count: int) -> str | None:
    """Give a translated INSERT of one row as one of several rows; None for what is another one."""
    found = _ONE_ROW.fullmatch(statement)
    if found is None:
        return None
    return found["into"] + ", ".join([found["row"]] * count) + found["rest"]


def _part(found: re.Match[str]) -> str:
    if found["quoted"]:
        return found["quoted"].replace("%", "%%")
    if found["place"]:
        return "%s"
    if found["name"]:
        return f"%({found['name']})s"
    if found["none"]:
        return "IN (NULL)"
    return "%%" if found["percent"] else ""
