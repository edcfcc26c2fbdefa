import Buffers
import Content
import Execution
import HTTP
import HTTPServer
import Multiformats
import Telemetry
import TestSupport
import Testing
import Vault

@testable import BlockStore
@testable import Gateway

/// What strangers learn when the store fails: nothing about the machine.
@Suite(.timeLimit(.minutes(40)))
struct StoreFailureTests {
    private static let said = "IO error: /home/ann/.holdfast/meta/000005.ldb: Input/output error"

    @Test(arguments: [
        BlockStoreError.Code.readError, .corrupt, .readOnly, .folder,
        .diskFull(missingByteCount: 5),
    ])
    func theWordsOfTheStoreGoIntoTheLog(code: BlockStoreError.Code) {
        let error = ContentError(BlockStoreError(code, Self.said))
        let answer = GatewayError(error, resolving: "/ipfs/x")
        #expect(answer.status == .internalServerError)
        #expect(!answer.message.contains("/home") && !answer.message.contains("IO error"))
        #expect(answer.unsaid == Self.said)
    }

    @Test func aDamagedBlockIsNamed() throws {
        let block = try VerifiedBlock(hashing: "block", codec: .raw, function: .sha2_256)
        let error = BlockStore.quarantinedError(block.multihash)
        let answer = GatewayError(ContentError(error), resolving: "/ipfs/x")
        #expect(answer.message == error.message)
        #expect(answer.unsaid == nil)
    }

    @Test func aFailedReadIsToldToTheLogAndNotToTheClient() throws {
        let told = Locked<[String]>([])
        var settings = GatewaySettings()
        settings.errorLog = { text in told.withLock { $0.append(text) } }
        let gateway = try ScratchGateway(settings: settings)
        let store = gateway.library.store
        let folder = store.options.folder
        try File.rename(folder + "/meta", to: folder + "/elsewhere")
        #expect(throws: DatabaseError.self) { _ = try store.meta.holder.reopen() }

        let block = try VerifiedBlock(hashing: "none", codec: .raw, function: .sha2_256)
        let path = "/ipfs/" + CID.v1(.raw, block.multihash).text()
        let answer = try gateway.get(path)
        #expect(answer.response.status == .internalServerError)
        #expect(answer.body.utf8Text == "the node could not read what it has stored\n")
        let lines = told.withLock { $0 }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("GET \(path): ") == true)
        #expect(lines.first?.contains(folder) == true)
    }
}
