"""A publisher's text, sanitised, as its page shows it: headings in order, tables in reach."""

import re

from markupsafe import escape

# a whole tag with its quoted values, so that nothing inside of one is taken for a tag
_TAG = re.compile(r'<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<rest>(?:[^>"]|"[^"]*")*)>')
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


def in_order(html: str) -> str:
    """Give sanitised HTML with its first heading at level 2 and none more than one level deeper.

    Readers who move by headings take a level that is left out for a part they missed (WCAG 2.2,
    technique G141). What stood above what still does.
    """
    above: list[str] = []
    unended: list[str] = []

    def placed(tag: re.Match[str]) -> str:
        if tag["name"] not in _HEADINGS:
            return tag[0]
        if tag["end"]:
            return f"</{unended.pop()}>" if unended else tag[0]
        while above and above[-1] >= tag["name"]:
            above.pop()
        above.append(tag["name"])
        unended.append(f"h{1 + len(above)}")
        return f"<{unended[-1]}{tag['rest']}>"

    return _TAG.sub(placed, html)


def in_reach(html: str, label: str) -> str:
    """Give sanitised HTML with each table in a region that scrolls sideways, also by the keyboard.

    A wide table may neither widen the page (WCAG 2.2, 1.4.10) nor be out of reach without a
    pointer (2.1.1), and stays a table to screen readers. `label` names the region.
    """
    region = f'<div class="wide" role="region" aria-label="{escape(label)}" tabindex="0">'
    depth = 0

    def wrapped(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag["name"] != "table":
            return tag[0]
        if not tag["end"]:
            depth += 1
            return region + tag[0] if depth == 1 else tag[0]
        depth -= 1
        return tag[0] + "</div>" if depth == 0 else tag[0]

    return _TAG.sub(wrapped, html)
