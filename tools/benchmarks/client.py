"""What clients of the bench send, and what they read."""
import http.client


class Connection:
    """A connection that is kept from one request to the next."""

    def __init__(self, url, timeout=120):
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=timeout)

    def send(self, method, target, body=None, fields=None):
        """Status and bytes of the answer."""
        self.connection.request(method, target, body=body, headers=fields or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def close(self):
        self.connection.close()


def call(url, method, target, body=None, fields=None):
    """A request on a connection of its own: status and bytes."""
    connection = Connection(url)
    try:
        return connection.send(method, target, body, fields)
    finally:
        connection.close()


def form(parts, boundary="bench"):
    """A multipart body, piece by piece, and the fields that go with it."""
    def pieces():
        for name, content in parts:
            yield (f"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; "
                   f"filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                   ).encode() + content + b"\r\n"
        yield f"--{boundary}--\r\n".encode()
    return pieces(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def upload(connection, target, content):
    """Sends one file in one piece, and returns the answer; anything but success ends the bench."""
    pieces, fields = form([("file", content)])
    status, answer = connection.send("POST", target, b"".join(pieces), fields)
    if status != 200:
        raise SystemExit(f"{target} answers {status}: {answer[:300].decode(errors='replace')}")
    return answer
