"""What a worker leaves where it has no private root: its box, and files of its user elsewhere.

The user is the worker's alone. Landlock leaves it /dev/shm, which semaphores need; where there is
no Landlock it may write wherever anyone may.
"""

from __future__ import annotations

import contextlib
import os
import shutil

SHARED_MEMORY = "/dev/shm"
OPEN_TO_ALL = ("/tmp", "/var/tmp", "/run/lock")


def remove(box: str, user: int | None, *, everywhere: bool) -> None:
    """Remove a box, and what its user has in /dev/shm, with `everywhere` in other folders, too."""
    shutil.rmtree(box, ignore_errors=True)
    if user is None:
        return
    _remove_files(SHARED_MEMORY, user, deep=True)
    for folder in OPEN_TO_ALL if everywhere else ():
        _remove_files(folder, user, deep=False)


def _remove_files(top: str, user: int, *, deep: bool) -> None:
    """By descriptors of folders: another worker may put a link in the place of any of them."""
    if not os.path.isdir(top):
        return
    for _, folders, files, descriptor in os.fwalk(top):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):
                if os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_uid == user:
                    _remove(name, descriptor)
        if not deep:
            return


def _remove(name: str, folder: int) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except IsADirectoryError:
        shutil.rmtree(name, ignore_errors=True, dir_fd=folder)
