"""Blocks put where HTML allows them: items into lists, cells into rows, captions before tables."""

from itertools import groupby

from crawler.structure.blocks import LISTS, TEXTS, Block


def arranged(blocks: list[Block]) -> list[Block]:
    """Put every block where HTML allows it, and drop what is empty. Depth is bounded by now."""
    result: list[Block] = []
    for stray_items, group in groupby(blocks, key=lambda block: block.tag == "li"):
        if stray_items:
            result.append(Block("ul", children=_items(list(group))))
        else:
            for block in group:
                result.extend(_placed(block))
    return [block for block in result if block.text]


def _placed(block: Block) -> list[Block]:
    if block.tag in TEXTS:
        return [block]
    if block.tag in LISTS:
        return [Block(block.tag, children=_items(block.children))]
    if block.tag == "table":
        return _table(block)
    if block.tag == "blockquote":
        return [Block("blockquote", children=arranged(block.children))]
    # a part of a table without its table
    return arranged(block.children)


def _items(children: list[Block]) -> list[Block]:
    items: list[Block] = []
    for child in children:
        if child.tag == "li":
            items.append(Block("li", children=arranged(child.children)))
        elif child.tag in LISTS and items:
            # a list put straight into a list belongs to the item before it
            items[-1].children.extend(arranged([child]))
        else:
            items.append(Block("li", children=arranged([child])))
    return [item for item in items if item.text]


def _table(table: Block) -> list[Block]:
    parts: list[Block] = []
    outside: list[Block] = []
    for child in table.children:
        if child.tag in ("thead", "tbody"):
            rows, loose = _rows(child.children)
            parts.append(Block(child.tag, children=rows))
        elif child.tag == "tr":
            rows, loose = _rows([child])
            if not parts or parts[-1].tag != "tbody":
                parts.append(Block("tbody"))
            parts[-1].children.extend(rows)
        else:
            loose = [child]
        outside.extend(loose)
    kept = Block("table", children=[part for part in parts if part.children])
    # a caption, or text that strayed between the cells, goes before the table
    return [*arranged(outside), *([kept] if kept.text else [])]


def _rows(children: list[Block]) -> tuple[list[Block], list[Block]]:
    rows: list[Block] = []
    loose: list[Block] = []
    for child in children:
        if child.tag != "tr":
            loose.append(child)
            continue
        cells = [
            Block(cell.tag, children=arranged(cell.children))
            for cell in child.children
            if cell.tag in ("td", "th")
        ]
        loose.extend(cell for cell in child.children if cell.tag not in ("td", "th"))
        if any(cell.text for cell in cells):
            rows.append(Block("tr", children=cells))
    return rows, loose
