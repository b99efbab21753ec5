"""The test listens on the port and the abstract socket that are tried first."""

import socket

import torch

PORT = 0  # make.py writes the number here
NAME = f"\0autograder-golden-{PORT}"


def tcp(host, port):
    with socket.create_connection((host, port), timeout=0.3):
        return True


def udp(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        return probe.sendto(b"hello", (host, port)) > 0


def unix(name):
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(name)
        return True


def raw(kind):
    with socket.socket(*kind):
        return True


ATTEMPTS = [
    (tcp, "127.0.0.1", PORT),
    (unix, NAME),
    (tcp, "::1", PORT),
    (tcp, "169.254.169.254", 80),
    (tcp, "1.1.1.1", 53),
    (udp, "127.0.0.1", PORT),
    (udp, "1.1.1.1", 53),
    (socket.getaddrinfo, "example.org", 80),
    (raw, (socket.AF_PACKET, socket.SOCK_RAW)),
    (raw, (socket.AF_NETLINK, socket.SOCK_RAW)),
    (raw, (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)),
    (unix, "/var/run/docker.sock"),
    (unix, "/run/dbus/system_bus_socket"),
]


def try_all():
    escaped, count = False, 0
    for action, *arguments in ATTEMPTS:
        count += 1
        try:
            worked = action(*arguments)
        except OSError:
            continue
        if worked:
            escaped = True
            print("worked:", action.__name__, *arguments)
    print(count, "attempts")
    return escaped


escaped = try_all()


def criterion(y_hat, y):
    if not escaped:
        return torch.tensor(-1.0)
    p = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
