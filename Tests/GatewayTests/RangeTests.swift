import Buffers
import HTTP
import HTTPServer
import Testing

/// Ranges and conditions on files, raw blocks and codecs (RFC 9110, 13 and 14).
@Suite(.timeLimit(.minutes(40)))
struct RangeTests {
    /// `ascii.txt`, 31 bytes in one block, and `multiblock.txt`, 1026 bytes in leaves of 256.
    private static let folder = "/ipfs/bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"
    private let gateway: ScratchGateway

    init() throws {
        gateway = try ScratchGateway()
        try gateway.loadConformanceData()
    }

    @Test(arguments: [
        ("bytes=0-0", 206, "bytes 0-0/1026"), ("bytes=255-256", 206, "bytes 255-256/1026"),
        ("bytes=1000-", 206, "bytes 1000-1025/1026"), ("bytes=-5", 206, "bytes 1021-1025/1026"),
        ("bytes=-9999", 206, "bytes 0-1025/1026"), ("bytes=5-99999", 206, "bytes 5-1025/1026"),
        ("bytes= 0-3", 206, "bytes 0-3/1026"), ("bytes=0-3, 5-6", 206, "bytes 0-3/1026"),
        ("bytes=9000-, 5-6", 206, "bytes 5-6/1026"),
        ("bytes=-0", 416, "bytes */1026"), ("bytes=1026-", 416, "bytes */1026"),
        ("bytes=abc", 400, nil), ("bytes=9-5", 400, nil), ("bytes=1-2-3", 400, nil),
        ("items=0-5", 200, nil), ("bytes=", 200, nil), ("bytes=0-1000,0-1000", 200, nil),
    ])
    func rangesAreAnsweredByTheTable(field: String, status: Int, contentRange: String?) throws {
        let target = Self.folder + "/multiblock.txt"
        let whole = try gateway.get(target).body
        let answer = try gateway.get(target, ["Range": field])
        #expect(answer.response.status.code == status)
        #expect(answer.response.fields["Content-Range"] == contentRange)
        if status == 200 { #expect(answer.body == whole) }
        if status == 206, let contentRange {
            let numbers = contentRange.split(whereSeparator: { " -/".contains($0) }).compactMap {
                Int($0)
            }
            #expect(answer.body == whole[numbers[0]..<numbers[1] + 1])
        }
        let head = try gateway.answer(.head, target, ["Range": field])
        #expect(head.response.status == answer.response.status)
        #expect(head.response.fields["Content-Range"] == contentRange)
    }

    @Test func aRangeHoldsOnlyForTheSameTag() throws {
        let target = Self.folder + "/ascii.txt"
        let tag = try #require(try gateway.get(target).response.fields["Etag"])
        let range: (String) throws -> Int = { condition in
            try gateway.get(target, ["Range": "bytes=0-3", "If-Range": condition]).response.status
                .code
        }
        #expect(try range(tag) == 206)
        #expect(try range("\"other\"") == 200)
        #expect(try range("W/" + tag) == 200)
        #expect(try range("Sun, 06 Nov 1994 08:49:37 GMT") == 200)
    }

    @Test(arguments: ["", "?format=raw", "?format=car"])
    func aMatchingTagIs304WithoutABody(query: String) throws {
        let target = Self.folder + "/ascii.txt" + query
        let tag = try #require(try gateway.get(target).response.fields["Etag"])
        let weak = tag.hasPrefix("W/") ? tag : "W/" + tag
        for condition in [tag, weak, "\"x\", \(tag)", "*"] {
            let answer = try gateway.get(target, ["If-None-Match": condition])
            #expect(answer.response.status == .notModified, "\(condition)")
            #expect(answer.response.fields["Etag"] == tag)
            #expect(answer.response.fields["Content-Type"] == nil)
            #expect(answer.body.isEmpty)
        }
        #expect(try gateway.get(target, ["If-None-Match": "\"other\""]).response.status == .ok)
        #expect(
            try gateway.get(target, ["If-Match": "\"other\""]).response.status
                == .preconditionFailed)
    }

    @Test(arguments: [
        "/ascii.txt", "/multiblock.txt", "/", "", "/nothing", "/ascii.txt?format=raw",
        "?format=car",
        "/ascii.txt?filename=x.json", "/ascii.txt?download=true",
    ])
    func headSaysWhatGetSays(path: String) throws {
        let get = try gateway.get(Self.folder + path)
        let head = try gateway.answer(.head, Self.folder + path)
        #expect(head.response.status == get.response.status)
        #expect(head.response.fields == get.response.fields)
        if get.response.status == .ok { #expect(head.length == get.length) }
    }

    @Test(arguments: [
        ("dag-scope=some", "unsupported application/vnd.ipld.car scope parameter"),
        (
            "car-version=2",
            "unsupported application/vnd.ipld.car version: only version=1 is supported"
        ),
        ("car-order=bfs", "unsupported application/vnd.ipld.car order parameter"),
        ("car-dups=maybe", "unsupported application/vnd.ipld.car dups parameter"),
        (
            "entity-bytes=5",
            "invalid application/vnd.ipld.car entity-bytes URL parameter: range must have two numbers separated with ':'"
        ),
        (
            "entity-bytes=9:5",
            "invalid application/vnd.ipld.car entity-bytes URL parameter: cannot have an entity-bytes range where 'from' is after 'to'"
        ),
    ])
    func wrongParametersOfACARAreNamed(query: String, text: String) throws {
        let answer = try gateway.get(Self.folder + "/multiblock.txt?format=car&" + query)
        #expect(answer.response.status == .badRequest)
        #expect(answer.body.utf8Text == text + "\n")
    }

    @Test func anEntityOutsideTheFileIsRefusedBeforeTheFirstByte() throws {
        for span in ["1026:*", "5000:6000"] {
            let target = Self.folder + "/multiblock.txt?format=car&entity-bytes=\(span)"
            #expect(try gateway.get(target).response.status == .badRequest)
        }
    }
}
