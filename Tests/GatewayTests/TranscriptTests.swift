import Buffers
import HTTP
import HTTPServer
import Multiformats
import TestSupport
import Testing
import Vault

/// Replays the recorded conformance suite: status, fields and bytes equal Kubo's, except where
/// `ExpectedFields` names a difference.
@Suite(.timeLimit(.minutes(40)))
struct TranscriptTests {
    private static let tests = [
        "TestGatewayBlock", "TestGatewayUnixFSFileRanges", "TestPathing",
        "TestUnixFSDirectoryListing", "TestTrustlessRaw*", "TestTrustlessCar*",
        "TestGatewayCache", "TestGatewaySymlink", "TestCors", "TestPlainCodec",
        "TestCodecMismatchReturns406", "TestTar", "TestPathGatewayMiscellaneous",
        "TestGatewayJsonCbor",
    ]

    @Test func everyExchangeIsAsRecorded() throws {
        let gateway = try ScratchGateway()
        try gateway.loadConformanceData()
        let transcripts = Transcript.all(of: Self.tests)
        #expect(transcripts.count >= 110)
        for transcript in transcripts { try replay(transcript, on: gateway) }
    }

    private func replay(_ transcript: Transcript, on gateway: ScratchGateway) throws {
        var fields = Fields()
        for header in transcript.request.headers {
            // Kubo's tag of a page names the version of its page; ours names ours.
            let isPageTag = header[1].contains("DirIndex-")
            let ownTag =
                isPageTag ? try gateway.get(transcript.target).response.fields["Etag"] : nil
            fields.append(header[0], ownTag ?? header[1])
        }
        let answer = try gateway.answer(
            HTTP.Method(rawValue: transcript.method), transcript.target, fields)
        let recorded = transcript.response
        let expected = ExpectedFields(transcript)
        let place = Comment(rawValue: "\(transcript.test): \(transcript.request.line)")
        #expect(answer.response.status.code == expected.status, place)
        for (name, value) in expected.fields {
            #expect(answer.response.fields.joined(name) == value, "\(name) of \(place.rawValue)")
        }
        for field in answer.response.fields where expected.isUnexpected(field.name) {
            Issue.record("\(field.name): \(field.value) was not recorded: \(place.rawValue)")
        }
        guard transcript.method == "GET", recorded.body.generated_page != true,
            expected.comparesBody
        else { return }
        if let length = recorded.body.length { #expect(answer.body.count == length, place) }
        if let digest = recorded.body.sha256 {
            let own = try HashFunction.sha2_256.digest(of: answer.body)
            #expect(
                own.hex == digest, "\(place.rawValue): \(answer.body.utf8Text ?? "binary")")
        }
    }
}

/// What a recorded answer leads us to expect, after the differences that are ours on purpose.
private struct ExpectedFields {
    var status: Int
    var fields: [String: String] = [:]
    var comparesBody = true
    private var allowed: Set<String> = []

    /// Framing belongs to the listener, and the type's own time is not recorded.
    private static let framing: Set<String> = [
        "Content-Length", "Transfer-Encoding", "Last-Modified",
    ]

    init(_ transcript: Transcript) {
        status = transcript.response.status
        for header in transcript.response.headers where !Self.framing.contains(header[0]) {
            fields[header[0]] = fields[header[0]].map { $0 + ", " + header[1] } ?? header[1]
        }
        applyDifferences(transcript)
    }

    func isUnexpected(_ name: String) -> Bool {
        fields[name] == nil && !allowed.contains(name) && !Self.framing.contains(name)
    }

    private mutating func applyDifferences(_ transcript: Transcript) {
        let test = String(transcript.test.prefix { $0 != "/" })
        // The page is our own, and so is the part of the tag that names its version.
        if fields["Etag"]?.contains("DirIndex-") == true { drop("Etag") }
        if transcript.method == "OPTIONS" { allowed.insert("Allow") }
        switch test {
        case "TestTar":
            // Our archives have no time of their own; a name outside the root is refused at once.
            comparesBody = false
            guard transcript.test.contains("outside") else { return }
            status = 406
            fields = [:]
            allowed = Set(
                Self.corsNames + ["Content-Type", "X-Content-Type-Options", "X-Ipfs-Path"])
        case "TestGatewayUnixFSFileRanges" where transcript.test.contains("missing_a_block_AFTER"):
            // Kubo guesses the type from the four bytes of the range; ours is the file's.
            fields["Content-Type"] = "application/octet-stream"
        case "TestCodecMismatchReturns406":
            // Errors are not cached, and carry no name for a download.
            for name in ["Cache-Control", "Content-Disposition", "Etag", "Content-Location"] {
                fields[name] = nil
            }
        case "TestTrustlessCarPathing" where transcript.test.contains("non-existing"):
            // An absent path is a 404 before anything is sent, not a CAR of what there is.
            status = 404
            comparesBody = false
            fields = [:]
            allowed = Set(
                ["Content-Type", "X-Content-Type-Options", "X-Ipfs-Path"] + Self.corsNames)
        case "TestGatewayCache" where transcript.method == "HEAD":
            // HEAD says what GET would say, also for only-if-cached.
            guard Self.asksOnlyIfCached(transcript) else { return }
            fields = [:]
            allowed = Set(
                Self.corsNames + [
                    "Content-Type", "X-Content-Type-Options", "X-Ipfs-Path", "X-Ipfs-Roots", "Etag",
                    "Cache-Control", "Accept-Ranges", "Content-Disposition",
                ])
        default: break
        }
    }

    private mutating func drop(_ name: String) {
        fields[name] = nil
        allowed.insert(name)
    }

    private static func asksOnlyIfCached(_ transcript: Transcript) -> Bool {
        transcript.request.headers.contains { $0[1] == "only-if-cached" }
    }

    private static let corsNames = [
        "Access-Control-Allow-Origin", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",
    ]
}
