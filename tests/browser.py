"""Chromium without a screen, driven through its driver, for tests of what a person sees.

Both programs are packages of Debian and its relatives: where they are missing, the test is skipped
and says so; in CI (the variable CI is set) it fails instead.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

CHROMIUM = Path("/usr/bin/chromium")
DRIVER = Path("/usr/bin/chromedriver")
INSTALL = "apt-get install chromium chromium-driver"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --window-size=1300,1100"
)


@contextlib.contextmanager
def driven(root: Path, *flags: str, **capabilities: object) -> Iterator[webdriver.Chrome]:
    """A browser whose profile lies in `root`."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in [*FLAGS.split(), f"--user-data-dir={root / 'chromium'}", *flags]:
        options.add_argument(flag)
    for name, value in capabilities.items():
        options.set_capability(name, value)
    browser = webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER)))
    try:
        yield browser
    finally:
        browser.quit()


def require_browser(*programs: Path) -> None:
    missing = [str(path) for path in programs if not path.exists()]
    if not missing:
        return
    reason = f"{' and '.join(missing)} not found; on Debian: {INSTALL}"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}. CI does not go without.")
    pytest.skip(reason)
