import Buffers
import Execution
import HTTP
import TestSupport
import fuzz

/// Whole requests at random: the fuzzer's own, over the wire.
extension HostileClients {
    func sendRandomRequests(until deadline: Deadline, _ random: inout SeededRandom) {
        let isIdentityOnly = random.below(3) == 0
        let content = HostileContent(
            Choices(random.bytes(16 + random.below(400))), isIdentityOnly: isIdentityOnly)
        var choices = content.remaining
        let archive = HostileArchive.bytes(of: content, &choices)
        choices = Choices(random.bytes(600))
        if !isIdentityOnly { send(.importing(archive), &random) }
        for _ in 0..<4 where !deadline.hasPassed {
            let subject = RequestSubject(content)
            let request: HostileRequest =
                choices.oneIn(2)
                ? .gateway(subject, &choices) : .rpc(subject, archive: archive, &choices)
            // The owner may stop the node; that is not what is tried here.
            let isWanted = !request.isSkipped && !request.target.hasPrefix("/api/v0/shutdown")
            if isWanted { send(request, &random) }
        }
    }

    /// Sends a request and reads some of the answer, at most 1 MiB and for two seconds without news.
    private func send(_ request: HostileRequest, _ random: inout SeededRandom) {
        let client = connect(request.surface == .gateway ? gatewayPort : rpcPort, &random)
        var fields = request.fields.map { "\($0.name): \($0.value)" }
        if request.fields["Content-Length"] == nil {
            fields.append("Content-Length: \(request.body.count)")
        }
        fields.append("Connection: close")
        client.send(head(request.method.rawValue, request.target, fields))
        client.send(request.body.array)
        var left = 1 << 20
        while left > 0 {
            let piece = client.readSome()
            if piece.isEmpty { break }
            left -= piece.count
        }
    }
}
