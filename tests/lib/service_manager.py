# SPDX-License-Identifier: MIT
"""A service manager's ear: the socket to which a program tells that it is ready, alive, stopping."""
import itertools
import os
import socket
import time


class Ear:
    """Listens in a file, because abstract names belong to one network namespace. `environment` is what a started program needs; `heard` all messages so far, each a dictionary."""

    numbers = itertools.count()

    def __init__(self, directory, watchdog=None):
        path = os.path.join(directory, f"ear-{next(self.numbers)}")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o777)
        self.socket.settimeout(0.1)
        self.environment = {"NOTIFY_SOCKET": path}
        if watchdog:
            self.environment["WATCHDOG_USEC"] = str(int(watchdog * 1e6))
        self.heard = []

    def listen(self):
        try:
            while True:
                text = self.socket.recv(8192).decode()
                self.heard.append(dict(line.split("=", 1) for line in text.splitlines()))
        except TimeoutError:
            pass
        return self.heard

    def hears(self, seconds=30, **wanted):
        """Waits for a message with these keys, whose values contain the given texts; forgets it and those before it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.listen()
            for at, message in enumerate(self.heard):
                if all(key in message and text in message[key] for key, text in wanted.items()):
                    del self.heard[:at + 1]
                    return message
        return None

    def close(self):
        self.socket.close()
