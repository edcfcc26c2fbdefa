import Buffers
import Execution
import Glibc
import HTTP
import HTTPServer

/// Sends one request to a rig and reads the answer as a listener does, and judges the answer.
struct RequestRun {
    /// Bytes of one answer that are read; some have no end.
    private static let answerBytesMax = 4 << 20
    /// Pieces of one answer that are read.
    private static let answerPiecesMax = 300
    /// How long a request may take, as a client would say.
    static let timeLimit = Duration.seconds(1)
    /// How much processor time it may take: it ends soon after its time.
    private static let workMax = Duration.seconds(3)

    /// Whether requests are printed before they are tried: `HOLDFAST_FUZZ_SHOW` is set.
    private static let isShown = !(ProcessSetup.environment["HOLDFAST_FUZZ_SHOW"] ?? "").isEmpty

    let rig: RequestRig
    let request: HostileRequest

    /// - Parameter choices: decide where the body is cut, and whether it breaks off.
    func run(_ choices: inout Choices) throws {
        if request.isSkipped { return }
        if Self.isShown {
            try Self.show("\(request.method) \(request.target)\n")
            for field in request.fields { try Self.show("\(field.name): \(field.value)\n") }
        }
        let handler = request.surface == .gateway ? rig.gateway : rig.rpc
        var fields = request.fields
        if fields["Host"] == nil { fields["Host"] = "127.0.0.1:5001" }
        // A target that is refused here never reaches a handler.
        guard
            let value = try? Request(
                request.method, request.target, fields: fields, deadline: .after(Self.timeLimit))
        else { return }
        let before = ProcessSetup.processorTime
        do {
            switch try handler(value) {
            case .respond(let response): try judge(response)
            case .receive(let receiver): try feed(receiver, &choices)
            }
        } catch let error as any Answerable {
            try judge(error.response)
        }
        let work = ProcessSetup.processorTime - before
        try Finding.unless(
            work <= Self.workMax, "\(request.target.prefix(200)) goes on beyond its time: \(work)")
    }

    private static func show(_ text: String) throws {
        try File(descriptor: dup(1), name: "standard output").write(Bytes(utf8: text))
    }

    private func feed(_ receiver: any BodyReceiver, _ choices: inout Choices) throws {
        let length = choices.pick([65_536, 4_096, 100, 7])
        let end = choices.oneIn(24) ? choices.below(max(1, min(request.body.count, 65_536))) : nil
        var rest = request.body.prefix(end ?? request.body.count)
        // Short pieces of a long body would take the time of many inputs.
        let step = max(length, rest.count / 200)
        while !rest.isEmpty {
            do {
                try receiver.receive(rest.prefix(step))
            } catch {
                receiver.abandon()
                throw error
            }
            rest = rest.dropFirst(step)
        }
        if end != nil { return receiver.abandon() }
        try judge(receiver.finish())
    }

    private func judge(_ response: Response) throws {
        if Self.isShown { try Self.show("-> \(response.status)\n\n") }
        try Finding.unless(
            (100...599).contains(response.status.code), "a status of \(response.status.code)")
        for field in response.fields {
            let isClean = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            try Finding.unless(isClean, "a control character in the field \(field.name)")
        }
        guard case .source(let source, let length) = response.body else { return }
        defer { source.close() }
        var (byteCount, pieceCount) = (UInt64(0), 0)
        while byteCount < Self.answerBytesMax, pieceCount < Self.answerPiecesMax {
            guard let piece = try source.next(limit: 32 << 10) else {
                _ = source.trailers
                let isWhole = length == nil || request.method == .head || length == byteCount
                return try Finding.unless(
                    isWhole, "an answer ends before its length, without error")
            }
            byteCount += UInt64(piece.count)
            pieceCount += 1
            let isWithin = length.map { byteCount <= $0 } ?? true
            try Finding.unless(isWithin, "an answer is longer than its length")
        }
    }
}
