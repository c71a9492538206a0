# SPDX-License-Identifier: MIT
"""What the small clients and servers of this directory read with."""


def exactly(sock, n):
    """The next n bytes; ConnectionError when the other side closes before."""
    data = b""
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data
