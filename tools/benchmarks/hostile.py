"""A script of hostile clients for the bench: content and readers that cost far more than they send."""
import os
import socket
import threading
import time

from dag import DAG_CBOR, DAG_PB, RAW, Archive, field, head, node, text


def wide_folder(archive):
    """One block of 40,000 links."""
    leaf = archive.add(RAW, b"leaf")
    return archive.add(DAG_PB, node([(leaf, b"%d" % i) for i in range(40_000)], b"\x08\x01"))


def endless_shards(archive):
    """Six shards of 1,024 slots, all of which lead to the one below: 2^60 entries."""
    below = archive.add(DAG_PB, node([], b"\x08\x05\x28\x22\x30\x80\x08"))
    data = b"\x08\x05" + field(2, b"\xff" * 128) + b"\x28\x22\x30\x80\x08"
    for _ in range(5):
        below = archive.add(DAG_PB, node([(below, b"%03X" % i) for i in range(1_024)], data))
    return below


def wide_value(archive):
    """A dag-cbor block of 1.9 MB that holds 100,000 small lists."""
    items = b"".join(b"\x82" + head(3, 8) + b"%08d" % i + head(0, i) for i in range(100_000))
    return archive.add(DAG_CBOR, b"\xa1\x61a" + head(4, 100_000) + items)


def wide_chain(archive):
    """Thirty blocks of 20,000 links each, one below the other."""
    leaf = archive.add(RAW, b"leaf")
    below = leaf
    for _ in range(30):
        links = [(below, b"0")] + [(leaf, b"%d" % i) for i in range(1, 20_000)]
        below = archive.add(DAG_PB, node(links, b"\x08\x01"))
    return below


def upload(port, command, content):
    """Sends a whole upload and reads the answer."""
    body = (b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
            b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n--x--\r\n")
    request = (f"POST /api/v0/{command} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
               f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port), timeout=120) as client:
        client.sendall(request.encode() + body)
        while client.recv(1 << 16):
            pass


def slow(port, method, target, count):
    """Clients that ask and then hardly read."""
    clients = []
    for _ in range(count):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(10)
        client.connect(("127.0.0.1", port))
        client.sendall(f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        clients.append(client)
    return clients


def stalled(port, count, sent):
    """Uploads that send so much of 30 MiB and then nothing."""
    request = (b"POST /api/v0/block/put?allow-big-block=true HTTP/1.1\r\nHost: 127.0.0.1\r\n"
               b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 31457280\r\n\r\n"
               b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n")
    clients = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        clients.append(client)
        threading.Thread(target=send_quietly, args=(client, request + os.urandom(sent))).start()
    return clients


def send_quietly(client, content):
    try:
        client.sendall(content)
    except OSError:
        pass


def ask_quietly(port, target):
    try:
        for client in slow(port, "GET", target, 1):
            client.recv(1 << 16)
            client.close()
    except OSError:
        pass


def run(running, patience=6):
    """All of it against a node, one after the other; the last client has left when it returns."""
    public, private = (int(url.rsplit(":", 1)[1]) for url in (running.public, running.private))
    roots = {}
    for make in (wide_folder, endless_shards, wide_value, wide_chain):
        archive = Archive()
        root = make(archive)
        upload(private, "dag/import?pin-roots=false", archive.bytes(root))
        roots[make] = text(root)
    for index in range(100):
        ask_quietly(public, f"/ipfs/{roots[wide_value]}/a/{index * 999}/0?format=dag-json")
    rounds = [
        lambda: slow(public, "GET", f"/ipfs/{roots[wide_folder]}?format=car", 20),
        lambda: slow(public, "GET", f"/ipfs/{roots[wide_folder]}/", 20),
        lambda: slow(public, "GET", f"/ipfs/{roots[wide_folder]}?format=tar", 20),
        lambda: slow(private, "POST", f"/api/v0/ls?arg={roots[wide_folder]}", 20),
        lambda: slow(public, "GET", f"/ipfs/{roots[wide_chain]}?format=car", 10),
        lambda: slow(public, "GET", f"/ipfs/{roots[endless_shards]}/", 4),
        lambda: slow(private, "POST", f"/api/v0/ls?arg={roots[endless_shards]}", 4),
        lambda: stalled(private, 40, 28 << 20),
    ]
    for start in rounds:
        clients = start()
        time.sleep(patience)
        for client in clients:
            client.close()
