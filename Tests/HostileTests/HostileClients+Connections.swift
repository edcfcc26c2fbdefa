import Buffers
import Execution
import TestSupport

/// Connections that are no proper requests.
extension HostileClients {
    /// More connections than the node keeps, without a byte on them; from one address or from many.
    func holdConnections(until deadline: Deadline, _ random: inout SeededRandom) {
        let port = random.below(4) == 0 ? rpcPort : gatewayPort
        let address: UInt8? = random.below(2) == 0 ? 200 : nil
        let clients = (0..<1_200).map { _ in connect(port, &random, from: address) }
        rest(.seconds(10), until: deadline)
        withExtendedLifetime(clients) {}
    }

    /// A request, and then the writing side is closed, or both at once.
    func closeHalf(until deadline: Deadline, _ random: inout SeededRandom) {
        let client = connect(gatewayPort, &random)
        let path = largePaths[random.below(largePaths.count)]
        let text = head("GET", "/ipfs/" + path)
        client.send(random.below(3) == 0 ? String(text.dropLast(random.below(40))) : text)
        client.finishSending()
        if random.below(2) == 0 { _ = client.readSome() }
        rest(.milliseconds(20), until: deadline)
    }

    /// Bytes that are not HTTP, or nearly.
    func sendGarbage(until deadline: Deadline, _ random: inout SeededRandom) {
        let client = connect(random.below(2) == 0 ? gatewayPort : rpcPort, &random, patience: 1)
        switch random.below(4) {
        case 0: client.send(random.bytes(1 + random.below(5_000)).array)
        case 1: client.send("GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 3_000))
        case 2: client.send("GET /" + String(repeating: "%2e", count: 9_000) + " HTTP/1.1\r\n\r\n")
        default:
            var text = Array(head("GET", "/ipfs/" + largePaths[0]).utf8)
            text[random.below(text.count)] = UInt8(random.below(256))
            client.send(text)
        }
        _ = client.readSome()
    }

    /// Many requests at once on one connection, the answers of which are read only in part.
    func pipeline(until deadline: Deadline, _ random: inout SeededRandom) {
        let client = connect(gatewayPort, &random)
        let path = largePaths[random.below(largePaths.count)]
        let requests = (0..<50).map { index in
            head(index % 3 == 0 ? "HEAD" : "GET", "/ipfs/" + path, ["Range: bytes=\(index)-9000"])
        }
        client.send(requests.joined())
        for _ in 0..<20 {
            if client.readSome().isEmpty { break }
        }
        rest(.milliseconds(20), until: deadline)
    }
}
