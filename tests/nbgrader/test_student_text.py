"""A student's Markdown, harmless and still what it was."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.nbgrader import student_text
from autograder.nbgrader.student_text import BOX, MOST_MARKDOWN, Texts
from autograder.submissions.saved import attached
from tests.nbgrader.hostile_texts import LINKS, TEXTS

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHOWN_PIXEL = f'src="data:image/png;base64,{PIXEL}"'
SAFE = {"id", "href", "rel", "src", "alt", "title", "class", "style", "align", "color", "width"}
SAFE |= {"height", "colspan", "rowspan", "start", "open", "type", "checked", "disabled"}
COMMANDS = ("href", "style", "class", "cssId", "bbox", "mmlToken", "require", "html", "url")


class Read(HTMLParser):
    """The elements and the text of a page, as another parser than nh3's finds them."""

    def __init__(self, page: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text.append(data)

    def handle_decl(self, decl):
        raise AssertionError(decl)

    handle_comment = handle_pi = unknown_decl = handle_decl


def shown(markdown: str, attachments: object = None) -> str:
    return Texts().markdown(markdown, attached(attachments))


def again(block: str) -> str:
    """The block, rendered as nbconvert renders the cell that holds it."""
    return MarkdownWithMath(IPythonRenderer(escape=False)).render(block).strip()


def is_harmless(block: str) -> None:
    """Asserts it, whichever parser reads the block."""
    assert block.startswith(BOX)
    read = Read(block.removeprefix(BOX))
    for tag, attributes in read.elements:
        assert tag in student_text.TAGS | {"div"}
        assert attributes.keys() <= SAFE, attributes
        link = attributes.get("href") or "#own-"
        assert link.startswith(("#own-", "http://", "https://", "mailto:"))
        assert (attributes.get("src") or "data:image/png;base64,").startswith(
            "data:image/png;base64,"
        )
        assert (attributes.get("id") or "own-").startswith("own-")
        for style in (attributes.get("style") or "").split(";"):
            assert style.partition(":")[0].strip() in student_text.STYLES | {""}
    pieces = "|".join(read.text)
    assert [name for name in COMMANDS if f"\\{name}" in pieces] == []


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_of_a_hostile_text_is_live(name):
    block = shown(TEXTS[name])
    is_harmless(block)
    assert again(block) == block


@pytest.mark.parametrize("name", [name for name, text in LINKS.items() if "[a]" in text])
def test_the_text_of_a_dead_link_stays(name):
    block = shown(LINKS[name])
    assert ">a<" in block or 'alt="a"' in block or "[a]" in block


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from([*TEXTS.values(), "\n", "\r", "\v", "\f", "&#10;", "&#13;", " ", "    "])
        | st.sampled_from(
            ["<pre>", "<div>", "</div>", "```\n", "$$", "`", ">", "- ", "|", "\\", "#"]
        )
        | st.text(max_size=4),
        max_size=6,
    ).map("".join)
)
@example("<pre>\n&#13;&#10;\n\n[a](javascript:b)</pre>")
@example("\\begin{a}\n\n<b>\n\n\\end{a}")
@example("<pre>$$\n\n&lt;b onclick=f()>\n\n$$</pre>")
def test_any_mixture_is_harmless_and_stays_as_it_is_when_rendered_again(markdown):
    block = shown(markdown)
    is_harmless(block)
    assert again(block) == block


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("## The *loss*", '<h2 id="own-The-loss">The <em>loss</em>'),
        ("[up](#The-loss)", '<a href="#own-The-loss"'),
        ("[a](https://pytorch.org/docs?a=1&b=2)", '<a href="https://pytorch.org/docs?a=1&amp;b=2"'),
        ("<mailto:ada@example.org>", '<a href="mailto:ada@example.org"'),
        ("$a < b$ and $\\frac{1}{2}$", "$a &lt; b$ and $\\frac{1}{2}$"),
        ("$$\\begin{cases}a\\\\b\\end{cases}$$", "\\begin{cases}a\\\\b\\end{cases}"),
        ("| a |\n|--:|\n| 1 |", '<td style="text-align:right">1</td>'),
        ("```python\nreturn 1\n```", '<span class="k">return</span>'),
        ("```bash\nls <a>\n```", "<code>ls &lt;a&gt;"),
        ("- [x] done", '<input checked="" '),
        ("x<sub>1</sub> <b>b</b> ~~c~~", "x<sub>1</sub> <b>b</b> <del>c</del>"),
        ("<font color='red'>r</font> <span style='color: red'>s</span>", 'style="color:red">s'),
        ("`\\href` in code", "<code>\\<span></span>href</code>"),
    ],
)
def test_what_is_honest_stays(markdown, html):
    assert html in shown(markdown)


def test_a_text_stays_as_it_is_when_it_is_shown_again():
    once = shown("# a\n\n```python\nx = 1\n\n\ny = 2\n```\n\n$$x$$\n\n- b\n\n  c")
    assert once.count("\n") == 0
    assert again(once) == once


@pytest.mark.parametrize(
    "markdown",
    [
        "![p](attachment:image.png)",
        '<img src="attachment:image.png" width="40">',
        f"![p](data:image/png;base64,{PIXEL})",
        "![p](<attachment:a b.png>)",
        "![p][q]\n\n[q]: attachment:image.png",
    ],
)
def test_a_pasted_picture_is_shown(markdown):
    pixel = {"image/png": PIXEL}
    assert SHOWN_PIXEL in shown(markdown, {"image.png": pixel, "a b.png": pixel})


@pytest.mark.parametrize(
    "attachments",
    [
        None,
        [],
        {"image.png": None},
        {"image.png": {}},
        {"image.png": {"image/png": 3}},
        {"image.png": {"image/png": '"><script>'}},
        {"image.png": {"image/svg+xml": "PHN2Zz4="}},
        {"image.png": {"text/html": "PHN2Zz4="}},
        {"other.png": {"image/png": PIXEL}},
    ],
)
def test_of_a_picture_that_is_not_there_the_text_is_shown(attachments):
    block = shown("![my sketch](attachment:image.png)", attachments)
    assert '<img alt="my sketch">' in block
    is_harmless(block)


def test_pictures_of_a_notebook_are_shown_as_long_as_there_is_room():
    texts = Texts(room_for_pictures=3 * len(SHOWN_PIXEL))
    many = "![p](attachment:a)\n" * 20
    whole = "".join(texts.markdown(many, {"a": {"image/png": PIXEL}}) for _ in range(3))
    assert whole.count(SHOWN_PIXEL) == 3
    assert whole.count("<img") == 60


def test_long_texts_are_plain():
    assert shown("*a*" + " " * MOST_MARKDOWN).startswith(f"{BOX}<pre>*a*")
    assert shown("".join(f"<i><font color={n}>" for n in range(300)) + "<p>" * 2000).startswith(
        f"{BOX}<pre>&lt;i"
    )
    texts = Texts(room=100)
    assert "<em>" in texts.markdown("*a*" + "b" * 90, {})
    assert "<em>" not in texts.markdown("*a*" + "b" * 90, {})
