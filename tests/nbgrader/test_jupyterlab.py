"""A student in JupyterLab fills a stub, saves, runs the check cell, and sees the table change.

All of it is real: the folder that is handed out, a JupyterLab server, its kernel, and Chromium
without a screen, driven through its driver. Nothing is fetched from elsewhere. Both programs are
packages of Debian and its relatives: where they are missing, the test is skipped and says so; in
CI (the variable CI is set) it fails instead.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import CHROMIUM, DRIVER, INSTALL, driven, require_browser

HANDED_OUT = Path(__file__).parents[2] / "assignments" / "logistic_regression"
TOKEN = "student"
SECONDS = 120.0
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
WRONG = """\
import torch
def criterion(y_hat, y):
return -torch.mean(y * torch.log10(y_hat) + (1 - y) * torch.log10(1 - y_hat))
"""
RIGHT = """\
import torch
def criterion(y_hat, y):
p = y_hat.clamp(1e-7, 1 - 1e-7)
return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
"""
"""Without indentation: the editor indents by itself."""


class Lab:
    """The notebook in the browser. A cell is called by its id."""

    def __init__(self, browser: webdriver.Chrome, notebook: Path):
        self.browser = browser
        self.notebook = notebook
        self.ids = [cell["id"] for cell in json.loads(notebook.read_text())["cells"]]

    def wait(self, what: str, condition: Callable[[], object]) -> None:
        WebDriverWait(self.browser, SECONDS, 0.05).until(
            lambda _: condition(), f"waited in vain for {what}"
        )

    def find(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, f".jp-Notebook {selector}")

    def open(self, address: str) -> None:
        self.browser.get(address)
        self.wait("the cells", lambda: len(self.find(".jp-Cell")) == len(self.ids))
        idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
        self.wait("the kernel", lambda: self.browser.find_elements(By.CSS_SELECTOR, idle))

    def cell(self, name: str) -> WebElement:
        cell = self.find(".jp-Cell")[self.ids.index(name)]
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", cell)
        return cell

    def press(self, key: str) -> None:
        control = ActionChains(self.browser).key_down(Keys.CONTROL)
        control.send_keys(key).key_up(Keys.CONTROL).perform()

    def write(self, name: str, code: str) -> None:
        """Types the code in place of all that the cell holds."""
        editor = self.cell(name).find_element(By.CSS_SELECTOR, ".cm-content")
        editor.click()
        self.press("a")
        ActionChains(self.browser).send_keys(Keys.DELETE).perform()
        self.wait("an empty cell", lambda: not editor.text.strip())
        ActionChains(self.browser).send_keys(code.rstrip()).perform()
        last = code.strip().splitlines()[-1]
        self.wait("the code in the cell", lambda: last in editor.text)

    def save(self) -> None:
        before = self.notebook.stat().st_mtime_ns
        self.press("s")
        self.wait("the file to be saved", lambda: self.notebook.stat().st_mtime_ns > before)

    def run(self, name: str) -> str:
        """Runs a cell; the text of its outputs."""
        cell = self.cell(name)
        prompt = cell.find_element(By.CSS_SELECTOR, ".jp-InputPrompt")
        before = prompt.text
        ActionChains(self.browser).click(prompt).perform()
        self.press(Keys.ENTER)
        self.wait(f"{name} to run", lambda: is_next(prompt.text, before))
        outputs = cell.find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output")
        return "\n".join(output.text for output in outputs)


def is_next(prompt: str, before: str) -> bool:
    """Whether `[3]:` stands where something else stood; `[*]:` is at work."""
    return prompt != before and prompt.strip("[]: ").isdigit()


# -- server and browser -----------------------------------------------------------------------


@pytest.fixture
def lab(tmp_path: Path, listens: Callable[[str], bool]) -> Iterator[Lab]:
    """The handed-out folder, opened in JupyterLab."""
    require_browser(CHROMIUM, DRIVER)
    folder = tmp_path / "work"
    shutil.copytree(HANDED_OUT, folder)
    with served(folder, tmp_path) as server, driven(tmp_path) as browser:
        lab = Lab(browser, folder / "logistic_regression.ipynb")
        address: list[str] = []
        lab.wait("the server", lambda: address or address.extend(addresses(server, tmp_path)))
        lab.wait("the server to listen", lambda: listens(address[0]))
        lab.open(f"{address[0]}lab/tree/{lab.notebook.name}?token={TOKEN}")
        yield lab


@contextlib.contextmanager
def served(folder: Path, root: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "jupyterlab", *server_options(folder)]
    with (root / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, env=os.environ | own_folders(root), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield server
    finally:
        server.terminate()
        server.wait(timeout=SECONDS)


def server_options(folder: Path) -> list[str]:
    where = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={folder}"]
    return ["--no-browser", "--allow-root", *where]


def own_folders(root: Path) -> dict[str, str]:
    """Nothing of the user's own Jupyter is read or written."""
    for name, content in SETTINGS.items():
        path = root / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {"JUPYTER_TOKEN": TOKEN} | {key: str(root / name) for key, name in names.items()}


def addresses(server: subprocess.Popen[bytes], root: Path) -> list[str]:
    """Where the server listens, as it writes itself once it does."""
    log = (root / "server.log").read_text(errors="replace")[-3000:]
    assert server.poll() is None, f"JupyterLab did not start:\n{log}"
    found = [path.read_text() for path in (root / "runtime").glob("jpserver-*.json")]
    return [json.loads(text)["url"] for text in found if text.rstrip().endswith("}")]


# -- the student ------------------------------------------------------------------------------


def test_a_student_fills_a_stub_and_sees_the_table_change(lab: Lab):
    untouched = lab.run("check_bce_criterion")
    assert "The manual BCE criterion: 0 / 7 points" in untouched
    assert "is not written yet: the stub is still there" in untouched

    lab.write("bce_criterion", WRONG)
    lab.save()
    wrong = lab.run("check_bce_criterion")
    assert "yours expected\n0.12985 0.299 within 0.0001" in wrong
    assert "Hint: Every loss is too small" in wrong

    lab.write("bce_criterion", RIGHT)
    lab.run("bce_criterion")
    forgotten = lab.run("check_bce_criterion")
    assert "0.12985" in forgotten, "the check read something else than the file"
    assert "What the file has for criterion is not what you ran last" in forgotten

    lab.save()
    right = lab.run("check_bce_criterion")
    assert "The manual BCE criterion: 7 / 7 points" in right
    assert right.count("passed") >= 5
    assert "failed" not in right
    assert "you ran last" not in right
    assert right.splitlines()[-1] == "7", "the bare points, for nbgrader"


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail), ("", pytest.skip)])
def test_without_the_browser_ci_fails_and_others_are_told(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome.Exception, match=f"/nowhere/chromedriver not found.*{INSTALL}"):
        require_browser(Path(__file__), Path("/nowhere/chromedriver"))
