"""Feedback pages and formgrader's pages of a hostile notebook, in Chromium; and of an honest one.

nbgrader makes the pages; nothing is fetched: no name of the network can be resolved. What counts is
what the browser does: scripts that ran, requests that it tried, what lies over the marks.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from selenium import webdriver
from selenium.webdriver.common.by import By
from traitlets.config import Config

from autograder.nbgrader.feedback import MATHJAX
from tests.browser import CHROMIUM, DRIVER, driven, require_browser
from tests.nbgrader.hostile_texts import ACTIONS, REQUESTS, TEXTS

TINY = Path(__file__).parents[2] / "tiny_course" / "solutions"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MARKS = ".panel-heading h4, .panel-title, #toc li, .panel-heading .pull-right"
FOREIGN = """
const inside = [...document.querySelectorAll("[style*='contain: content'] *")];
return inside.filter(e => getComputedStyle(e).position !== "static"
    || [...e.attributes].some(a => a.name.startsWith("on"))).map(e => e.outerHTML);
"""
COVERED = """
return [...document.querySelectorAll(arguments[0])].filter(mark => {
    mark.scrollIntoView({block: "center"});
    const box = mark.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.width && !(mark.contains(top) || top.contains(mark));
}).map(mark => mark.outerHTML);
"""


def hostile(notebook: nbformat.NotebookNode) -> None:
    """Each text in a cell of its own, as Markdown, raw, and as what code put out."""
    for text in TEXTS.values():
        kinds = ("text/html", "text/markdown", "text/latex", "image/svg+xml")
        kinds += ("application/javascript", "application/vnd.jupyter.widget-view+json")
        data = dict.fromkeys(kinds, text)
        outputs = [
            new_output("display_data", data=data, metadata={"text/html": {"isolated": True}}),
            new_output("display_data", data={"text/plain": text, "image/png": f'"{text}'}),
            new_output("stream", text=f"\x1b[31;1m{text}\x1b]8;;javascript:f()\x07"),
            new_output("error", ename=text, evalue=text, traceback=[text]),
        ]
        notebook.cells += [new_markdown_cell(text), new_raw_cell(text)]
        notebook.cells.append(new_code_cell(text, outputs=outputs))
    for cell in notebook.cells[-3 * len(TEXTS) :]:
        cell.metadata["tags"] = ['"><script>window.ran=1</script>']
        cell.metadata["raw_mimetype"] = "text/html"
    script = "</title></script><script>window.ran=1</script>"
    notebook.metadata["title"] = script
    notebook.metadata["language_info"] = {"name": script, "pygments_lexer": "html"}
    notebook.metadata["kernelspec"] = {"name": script, "display_name": script, "language": "a"}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": script}}


def honest(notebook: nbformat.NotebookNode) -> None:
    """A pasted picture, one that is gone, a formula, code."""
    text = "# Mine\n\n![sketch](attachment:image.png) ![gone](attachment:gone.png)\n\n$a < b$"
    cell = new_markdown_cell(f"{text}\n\n```python\n\nreturn 1\n```")
    cell["attachments"] = {"image.png": {"image/png": PIXEL}}
    notebook.cells.insert(1, cell)


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(TINY)
    world.nbgrader("generate_assignment", "tiny", "--force")
    for student, change in (("eve", hostile), ("ada", honest)):
        folder = world.submitted(student, "tiny")
        shutil.copytree(world.course / "assignments" / "tiny", folder)
        notebook = nbformat.read(folder / "tiny.ipynb", as_version=4)
        change(notebook)
        (folder / "tiny.ipynb").write_text(json.dumps(notebook))
        (folder / "title\x1b]0;mine\x07.txt").write_text("named so as to write to a terminal")
    (world.submitted("ada", "tiny") / "tiny.html").write_text("<p>my notebook, saved as HTML</p>")
    (world.submitted("eve", "tiny") / "tiny.html").mkdir()
    (world.submitted("eve", "tiny") / "tiny.html" / "x.txt").write_text("in the way")
    world.logged = world.nbgrader("autograde", "tiny") + world.nbgrader("generate_feedback", "tiny")
    return world


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[webdriver.Chrome]:
    require_browser(CHROMIUM, DRIVER)
    nowhere = "--host-resolver-rules=MAP * ~NOTFOUND"
    logged = {"goog:loggingPrefs": {"performance": "ALL"}}
    with driven(tmp_path_factory.mktemp("browser"), nowhere, **logged) as browser:
        yield browser


def feedback(world, student: str) -> Path:
    return world.course / "feedback" / student / "tiny" / "tiny.html"


def formgrader(world, student: str) -> Path:
    """The page that formgrader shows, as its handler makes it: nothing of our configuration."""
    templates = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(templates)]
    resources = dict.fromkeys(("assignment_id", "notebook_id", "student"), "tiny")
    resources |= {"submission_id": "1", "index": 0, "total": 1, "base_url": "file:///base"}
    path = world.course / "autograded" / student / "tiny" / "tiny.ipynb"
    page, _ = HTMLExporter(config=config).from_filename(str(path), resources=resources)
    written = world.folder / f"{student}-formgrader.html"
    written.write_text(page)
    return written


def requests(browser: webdriver.Chrome) -> dict[str, bool]:
    """What pages asked for since this was called last, and whether the browser let it through."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    failed = [m["params"] for m in messages if m["method"] == "Network.loadingFailed"]
    stopped = {params["requestId"] for params in failed if params.get("blockedReason") == "csp"}
    asked = {params["request"]["url"]: params["requestId"] not in stopped for params in sent}
    return {url: sent for url, sent in asked.items() if not url.startswith(("data:", "chrome:"))}


@pytest.mark.parametrize("made", [feedback, formgrader])
def test_a_hostile_notebook_does_nothing(world, browser, made):
    page = made(world, "eve")
    requests(browser)
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    own = (page.as_uri(), MATHJAX, "file:///base/", f"{page.parent.parent.as_uri()}/fonts/")
    assert [url for url in requests(browser) if not url.startswith(own)] == []
    assert browser.execute_script("return window.ran") is None
    assert browser.current_url == page.as_uri()
    assert browser.execute_script(FOREIGN) == []
    assert browser.execute_script(COVERED, MARKS) == []
    links = browser.find_elements(By.CSS_SELECTOR, "[style*='contain: content'] [href]")
    assert links
    for link in links:
        assert link.get_dom_attribute("href").startswith(("https://", "#own-"))
    inside = "[style*='contain: content'] :is([name], [id]:not([id^=own-]), [src]:not([src^=data]))"
    assert browser.find_elements(By.CSS_SELECTOR, inside) == []


def test_an_honest_page_shows_its_picture_and_the_text_of_one_that_is_gone(world, browser):
    browser.get(feedback(world, "ada").as_uri())
    sketch = browser.find_element(By.CSS_SELECTOR, "img[alt=sketch]")
    assert sketch.get_property("naturalWidth") == 1
    assert browser.find_element(By.CSS_SELECTOR, "img[alt=gone]").get_dom_attribute("src") is None
    box = browser.find_element(By.CSS_SELECTOR, "[style*='contain: content']")
    assert "$a < b$" in box.text
    assert box.find_element(By.TAG_NAME, "h1").text.startswith("Mine")
    assert box.find_element(By.CSS_SELECTOR, ".highlight .k").text == "return"
    tables = browser.find_elements(By.CSS_SELECTOR, ".output_html table")
    assert any("passed" in table.text or "failed" in table.text for table in tables)


def test_what_nbgrader_logs_writes_nothing_to_a_terminal(world):
    assert "title\\x1b]0;mine\\x07.txt" in world.logged
    assert "\x1b" not in world.logged


def test_the_policy_alone_stops_scripts_and_requests(world, browser):
    """As if something had been missed: the texts stand in the page as they were written."""
    live = [html for html in (*ACTIONS.values(), *REQUESTS.values()) if html.startswith("<")]
    live = [html for html in live if "<meta" not in html and "<!--" not in html]
    page = world.folder / "missed.html"
    page.write_text(feedback(world, "ada").read_text().replace("</h4>", "</h4>" + "".join(live)))
    requests(browser)
    browser.get(page.as_uri())
    assert browser.execute_script("return window.ran") is None
    assert [url for url, sent in requests(browser).items() if sent and "evil" in url] == []
    unguarded = world.folder / "unguarded.html"
    unguarded.write_text(page.read_text().replace("Content-Security-Policy", "x", 1))
    browser.get(unguarded.as_uri())
    assert browser.execute_script("return window.ran") == 1
    assert [url for url, sent in requests(browser).items() if sent and "evil" in url]
