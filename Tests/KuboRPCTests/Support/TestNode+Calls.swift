import Buffers
import Content
import Execution

@testable import KuboRPC

extension TestNode {
    /// On behalf of somebody who waits for ever.
    var access: ContentAccess { library.access(for: RequestContext(deadline: .never) { true }) }

    /// A call as its command gets it, without a connection.
    func invocation(_ target: String, hasParts: Bool = false) throws -> Invocation {
        let request = try request(target)
        return try Invocation(
            try Call(request, hasParts: hasParts), of: request, library: library,
            settings: settings)
    }
}

/// Everything that comes piece by piece, and the longest piece.
func drain(_ next: () throws -> Bytes?) throws -> (bytes: Bytes, longest: Int) {
    var writer = ByteWriter()
    var longest = 0
    while let piece = try next() {
        longest = max(longest, piece.count)
        writer.append(piece)
    }
    return (writer.finish(), longest)
}
