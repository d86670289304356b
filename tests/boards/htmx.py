"""What htmx 2 does to a page with a frame, as far as our frames use it: `oobSwap` of htmx-2.js, on a parsed page.

Each top-level element is swapped on its own. `delete` removes the element of the same id; `innerHTML:#id`,
`afterbegin:#id` and `afterend:#id` put the *content* of the element there; without hx-swap-oob the element takes the
place of the one with its id. A place that does not exist is an error here, where htmx only tells the console.
"""

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

Shape = tuple[object, ...] | str


def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def receive(page: BeautifulSoup, frame: str) -> None:
    """The page after the frame."""
    for element in [each for each in parse(frame).contents if isinstance(each, Tag)]:
        swap(page, element.extract())


def swap(page: BeautifulSoup, element: Tag) -> None:
    style, _, selector = str(element.attrs.pop("hx-swap-oob", "outerHTML")).partition(":")
    target = only(page, selector.removeprefix("#") or str(element["id"]))
    match style:
        case "outerHTML":
            target.replace_with(element)
        case "delete":
            target.decompose()
        case "afterbegin" | "innerHTML":
            if style == "innerHTML":
                target.clear()
            for child in reversed(list(element.contents)):
                target.insert(0, child.extract())
        case "afterend":
            for child in reversed(list(element.contents)):
                target.insert_after(child.extract())
        case _:
            raise AssertionError(f"htmx would not know what {style} is here")


def only(page: BeautifulSoup, element_id: str) -> Tag:
    found = page.find_all(id=element_id)
    assert len(found) == 1, f"{len(found)} elements have the id {element_id}"
    assert isinstance(found[0], Tag)
    return found[0]


def shape(node: PageElement) -> Shape:
    """An element with its attributes and content, as a value to compare; space between elements does not count."""
    if not isinstance(node, Tag):
        return str(node)
    attributes = tuple(sorted((name, str(value)) for name, value in node.attrs.items()))
    children = [each for each in node.children if not isinstance(each, NavigableString) or each.strip()]
    return (node.name, attributes, *(shape(each) for each in children))
