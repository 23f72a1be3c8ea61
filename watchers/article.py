"""The article of a federalreserve.gov page as clean text: paragraphs, list items, no furniture."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

SELECTORS = ("div#article", "div#content", "main", "body")
FURNITURE = (
    "script, style, nav, header, footer, form, noscript, .article__time, .shareDL, #lastUpdate"
)
BLOCKS = ("p", "li", "h3", "h4", "h5", "blockquote")


def article(body: bytes) -> tuple[str, str]:
    """Title and text of a page, paragraphs apart by blank lines; empty strings if it has none.

    The pages do not declare their charset reliably: they are UTF-8.
    """
    tree = LexborHTMLParser(body.decode("utf-8", "replace"))
    title = tree.css_first("h3.title, #article h3, title")
    for selector in SELECTORS:
        node = tree.css_first(selector)
        if node is not None:
            return (_line(title) if title else ""), _text(node)
    return "", ""


def _text(node: LexborNode) -> str:
    for furniture in node.css(FURNITURE):
        furniture.decompose()
    blocks = node.css(", ".join(BLOCKS))
    lines = [
        ("- " if block.tag == "li" else "") + _line(block)
        for block in blocks
        if not (block.tag != "li" and _inside_item(block)) and not _holds_items(block)
    ]
    lines = [line for line in lines if line.strip("- ")]
    return "\n\n".join(lines) if lines else _line(node)


def _inside_item(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "li" and not _holds_items(parent):
            return True
        parent = parent.parent
    return False


def _holds_items(node: LexborNode) -> bool:
    return node.tag in ("li", "blockquote") and bool(node.css("ul, ol, p + p"))


def _line(node: LexborNode) -> str:
    return re.sub(r"\s+", " ", node.text(separator=" ")).strip()
