"""A client of the RPC on a Unix socket."""
import http.client
import json
import socket
import urllib.parse

ANSWER_SECONDS = 10
BOUNDARY = "faults"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Client:
    """One client with a connection that is kept. Raises OSError where there is no answer."""

    def __init__(self, path):
        self.connection = UnixConnection(path, ANSWER_SECONDS)

    def call(self, command, arguments=(), body=None, **options):
        """A call of the RPC: status and bytes."""
        query = [("arg", argument) for argument in arguments]
        query += [(name.replace("_", "-"), value) for name, value in options.items()]
        target = f"/api/v0/{command}?{urllib.parse.urlencode(query)}"
        if body is None:
            return self.send("POST", target, b"", {})
        head = (f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
                "Content-Type: application/octet-stream\r\n\r\n").encode()
        return self.send("POST", target, head + body + f"\r\n--{BOUNDARY}--\r\n".encode(),
                         {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})

    def page(self, path):
        status, body = self.send("GET", path, None, {})
        return status, body.decode(errors="replace")

    def send(self, method, target, body, fields):
        try:
            self.connection.request(method, target, body=body, headers=fields)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, OSError) as error:
            self.connection.close()
            raise OSError(repr(error)) from error


def message_of(body):
    """Why a call failed, as the RPC says it."""
    try:
        return json.loads(body).get("Message", "")
    except (ValueError, AttributeError):
        return body[-300:].decode(errors="replace")
