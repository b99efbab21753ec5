r"""What a student wrote in Markdown -> HTML that is harmless on any page.

    Markdown, HTML, TeX ── as nbconvert renders it ── nh3 ──> text, tables, code, formulas, pictures

Links lead to http, https, mailto or into the same text. Pictures are those that the notebook itself
holds, as PNG, JPEG, GIF or WebP; of all others the text stays. Of styles colours and alignment are
left, of classes those of highlighted code; ids can't be taken for those of the page around. Nothing
is drawn outside the box that the text stands in, by whatever means (`contain`). A formula that uses
TeX's ways into HTML and CSS (`\href`, `\style`) is shown as its source.

The result is Markdown again, one HTML block in one line, which any renderer leaves as it is: so it
is the same in feedback pages, in formgrader, and in JupyterLab.
"""

# mypy: disable-error-code="no-untyped-call"
# nbconvert says that it is typed, and leaves its functions without types.

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES

from autograder.submissions.saved import IMAGES, Attachments

MOST_MARKDOWN = 10_000
"""Characters of one text. What nbconvert's renderer takes may grow with their square: up to half a
second for so many, as far as was tried."""
MOST_IN_ALL = 50_000
"""Characters of all texts of a notebook."""
MOST_HTML = 200_000
MOST_PICTURES = 64 << 20
"""Characters of all pictures of a notebook, each as often as it is shown."""
MOST_PLAIN = 20_000
INLINE_PICTURE = re.compile(rf"data:({'|'.join(IMAGES)});base64,([A-Za-z0-9+/=]+)")
HIGHLIGHTED = ("python", "python3", "py", "ipython", "ipython3")

TAGS = set(
    "a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s samp"
    " small span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var".split()
)
ATTRIBUTES = {
    "*": {"align", "style", "title"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "a": {"href"},
    "details": {"open"},
    "font": {"color"},
    "img": {"alt", "height", "src", "width"},
    "input": {"checked"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
CLASSES = {
    "a": {"anchor-link"},
    "div": {"highlight"},
    "span": {name for name in STANDARD_TYPES.values() if name},
}
STYLES = {"color", "background-color", "text-align", "font-weight", "font-style"}
LINK = re.compile("https?://|mailto:", re.IGNORECASE)
OWN = "own-"
BOX = '<div style="contain: content; overflow: auto hidden">'

LIVE_TEX = re.compile(
    r"(<[^>]*>)|\\(?=href|url|includegraphics|require|style|class|cssId|bbox|mmlToken|html|data"
    r"|unicode)"
)
"""A tag, or the backslash of a command by which MathJax or KaTeX make links, styles, attributes."""


def without_pictures(markdown: str) -> tuple[str, dict[str, str]]:
    """A text, and the pictures that stand in it as `data:`, each under a name as an attachment."""
    pictures: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = f"{OWN}picture-{len(pictures) + 1}"
        pictures[name] = found[0]
        return f"attachment:{name}"

    return INLINE_PICTURE.sub(named, markdown), pictures


@dataclass(slots=True, eq=False)
class Texts:
    """Shows the texts of one notebook; plain where one is too long, or all together are."""

    room: int = MOST_IN_ALL
    room_for_pictures: int = MOST_PICTURES

    def markdown(self, source: str, attachments: Attachments) -> str:
        """Markdown as one block of harmless HTML."""
        text, inline = without_pictures(source)
        self.room -= len(text)
        if len(text) > MOST_MARKDOWN or self.room < 0:
            return shown_plain(text)
        before = self.room_for_pictures
        rendered = MarkdownWithMath(_Renderer(escape=False)).render(text)
        pasted = {
            name: f"data:{kind};base64,{data}"
            for name, kinds in attachments.items()
            for kind, data in kinds.items()
        }
        cleaned = self._cleaned(rendered, pasted | inline)
        if len(cleaned) - (before - self.room_for_pictures) > MOST_HTML:
            return shown_plain(text)
        return _block(LIVE_TEX.sub(lambda found: found[1] or r"\<span></span>", cleaned))

    def _cleaned(self, rendered: str, pictures: dict[str, str]) -> str:
        def kept(tag: str, name: str, value: str) -> str | None:
            match name:
                case "id":
                    return OWN + value
                case "href" if value.startswith("#"):
                    return f"#{OWN}{value[1:]}"
                case "href":
                    return value if LINK.match(value) else None
                case "src":
                    wanted = value.partition("attachment:")[2]
                    return self._taken(pictures.get(wanted) or pictures.get(unquote(wanted)))
            return value

        return nh3.clean(
            rendered,
            tags=TAGS,
            attributes=ATTRIBUTES,
            attribute_filter=kept,
            url_schemes={"http", "https", "mailto", "attachment"},
            set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
            allowed_classes=CLASSES,
            filter_style_properties=STYLES,
        )

    def _taken(self, picture: str | None) -> str | None:
        if picture is None or len(picture) > self.room_for_pictures:
            return None
        self.room_for_pictures -= len(picture)
        return picture


def shown_plain(text: str) -> str:
    """A student's text as it is."""
    return _block(f"<pre>{html.escape(text[:MOST_PLAIN])}</pre>")


class _Renderer(IPythonRenderer):
    """nbconvert's, which leaves pictures for later, and knows how to highlight Python alone."""

    def image(self, *parts: Any, **named: Any) -> str:
        return super(IPythonRenderer, self).image(*parts, **named)

    def block_code(self, code: str, info: str | None = None) -> str:
        known = (info or "").split(maxsplit=1)[:1]
        return super().block_code(code, "python" if known and known[0] in HIGHLIGHTED else None)


def _block(content: str) -> str:
    """One line, since an HTML block of Markdown ends at an empty one."""
    line = re.sub(r"[\n\r\v\f]", lambda found: f"&#{ord(found[0])};", content)
    return f"{BOX}{line}</div>"
