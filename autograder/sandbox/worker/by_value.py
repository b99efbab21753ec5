"""Tensors travel between a submission's own processes by value where no socket may be opened.

torch hands them over as shared memory, whose descriptor goes through a socket with a name. Where
the sockets of other programs can be told from a worker's own by nothing else, all are refused;
then a `DataLoader` with worker processes still gets its batches, as bytes through its pipe.
"""

from __future__ import annotations

import socket
import types
from multiprocessing.reduction import ForkingPickler
from typing import Any


def where_sockets_are_refused(torch: types.ModuleType) -> None:
    """For the rest of this process, and for those that it forks."""
    if not hasattr(socket, "AF_UNIX"):
        return
    try:
        socket.socket(socket.AF_UNIX).close()
    except PermissionError:
        kinds = (torch.Tensor, torch.nn.Parameter, torch.TypedStorage, torch.UntypedStorage)
        for kind in kinds:
            ForkingPickler.register(kind, _reduced)


def _reduced(thing: Any) -> Any:
    return thing.__reduce_ex__(2)
