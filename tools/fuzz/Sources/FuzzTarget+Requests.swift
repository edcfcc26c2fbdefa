import Buffers
import Execution

extension FuzzTarget {
    /// Whole requests in place of single decoders: requests as they stand on the wire, and what the
    /// generator makes of an input.
    static let requests =
        [
            FuzzTarget("request-script", upTo: 1 << 20) { input in
                try send(RequestScript(input).requests, Choices(.empty))
            }
        ]
        + generated.map { plan in
            FuzzTarget(plan.name, upTo: 1_024) { input in
                var (requests, choices) = (plan.requests(from: input), Choices(input))
                _ = choices.word()
                try send(requests, choices)
            }
        }

    /// What inputs of a seed are tried on.
    static let generated = [
        RequestPlan.gateway, RequestPlan.rpc, RequestPlan.stored,
    ]

    /// - Throws: a finding, with the request at whose answer it was.
    private static func send(_ requests: [HostileRequest], _ choices: Choices) throws {
        let rig = try RequestRig.next()
        let current = Locked("")
        do {
            try Supervised.run {
                var choices = choices
                for request in requests {
                    current.withLock { $0 = "\(request.method) \(request.target.prefix(300))" }
                    do {
                        try RequestRun(rig: rig, request: request).run(&choices)
                    } catch let finding as Finding {
                        throw finding
                    } catch {
                        // A refusal; the next request may be answered.
                    }
                }
            }
        } catch let finding as Finding {
            throw Finding(description: "\(finding.description): \(current.withLock { $0 })")
        }
    }
}
