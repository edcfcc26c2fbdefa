import Buffers
import Execution
import TestSupport

/// Clients that take their time.
extension HostileClients {
    /// Twenty readers at once that take 1 KiB a second of something large.
    func readSlowly(until deadline: Deadline, _ random: inout SeededRandom) {
        let suffixes = ["", "", "?format=car", "?format=tar"]
        let readers = (0..<20).map { _ in
            let reader = connect(gatewayPort, &random, receiving: 4_096)
            let path = largePaths[random.below(largePaths.count)]
            reader.send(head("GET", "/ipfs/" + path + suffixes[random.below(suffixes.count)]))
            return reader
        }
        for _ in 0..<15 where !deadline.hasPassed {
            for reader in readers { _ = reader.readSome(upTo: 1_024) }
            rest(.seconds(1), until: deadline)
        }
    }

    /// A hundred and fifty readers who come at once, each for a large block that others have asked for before,
    /// and take next to nothing.
    func crowd(until deadline: Deadline, _ random: inout SeededRandom) {
        for block in largeBlocks.prefix(8) where !deadline.hasPassed {
            let client = connect(gatewayPort, &random)
            client.send(head("GET", "/ipfs/" + block, ["Connection: close"]))
            while !client.readSome(upTo: 1 << 20).isEmpty {}
        }
        let readers = (0..<150).map { _ in
            let reader = connect(gatewayPort, &random, receiving: 4_096)
            reader.send(head("GET", "/ipfs/" + largeBlocks[random.below(largeBlocks.count)]))
            return reader
        }
        rest(.seconds(3), until: deadline)
        withExtendedLifetime(readers) {}
    }

    /// A hundred and thirty at once who ask for one thing and take nothing of it.
    func askForDearContent(until deadline: Deadline, _ random: inout SeededRandom) {
        let path = dearPaths[random.below(dearPaths.count)]
        let readers = (0..<130).map { _ in
            let reader = connect(gatewayPort, &random, receiving: 4_096)
            reader.send(head("GET", "/ipfs/" + path))
            return reader
        }
        rest(.seconds(4), until: deadline)
        withExtendedLifetime(readers) {}
    }

    /// Calls and requests with many short things in the query and in `Accept`, all of which come to their
    /// end at the same moment.
    func askAtLength(until deadline: Deadline, _ random: inout SeededRandom) {
        let isCall = random.below(2) == 0
        let item = ["a&", "arg=&", "arg=bafkqaaa&", "a=%41&"][random.below(4)]
        let byteCount = isCall ? 90_000 : 7_000
        let query = String(repeating: item, count: byteCount / item.utf8.count)
        let path = largePaths[random.below(largePaths.count)]
        let target =
            isCall
            ? "/api/v0/" + ["version", "refs", "add", "pin/ls"][random.below(4)]
            : "/ipfs/" + path
        let accept = "Accept: text/html" + String(repeating: ";a=b", count: random.below(2) * 2_000)
        let text = head(isCall ? "POST" : "GET", target + "?" + query, isCall ? [] : [accept])
        let clients = (0..<100).map { _ in
            let client = connect(isCall ? rpcPort : gatewayPort, &random)
            client.send(String(text.dropLast(4)))
            return client
        }
        for client in clients { client.send("\r\n\r\n") }
        rest(.seconds(2), until: deadline)
        withExtendedLifetime(clients) {}
    }

    /// Twenty uploads at once that begin, send some, and then send nothing.
    func stallUploads(until deadline: Deadline, _ random: inout SeededRandom) {
        let targets = ["block/put?allow-big-block=true", "add", "dag/import", "dag/put"]
        let clients = (0..<20).map { _ in
            let client = connect(rpcPort, &random)
            client.send(uploadHead(targets[random.below(targets.count)], byteCount: 30 << 20))
            client.send(random.bytes(1 + random.below(1 << 20)).array)
            return client
        }
        rest(.seconds(15), until: deadline)
        withExtendedLifetime(clients) {}
    }

    /// Uploads whose connection ends in the middle.
    func abortUploads(until deadline: Deadline, _ random: inout SeededRandom) {
        let targets = ["add", "dag/import", "block/put", "dag/put", "multibase/encode"]
        let client = connect(rpcPort, &random)
        client.send(uploadHead(targets[random.below(targets.count)], byteCount: 3 << 20))
        client.send(random.bytes(random.below(2 << 20)).array)
        if random.below(2) == 0 { client.finishSending() }
        rest(.milliseconds(50), until: deadline)
    }

    /// The head of a request for an upload, and that of its first part.
    private func uploadHead(_ command: String, byteCount: Int) -> String {
        let fields = [
            "Content-Type: multipart/form-data; boundary=x", "Content-Length: \(byteCount)",
        ]
        return head("POST", "/api/v0/" + command, fields)
            + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
    }
}
