import Buffers
import TestSupport
import Testing

@testable import BlockStore

/// Who holds pins may have any name that fits into a key.
@Suite(.timeLimit(.minutes(40)))
struct HolderTests {
    @Test func aHolderThatDoesNotFitIntoAKeyIsRefused() throws {
        var options = BlockStoreOptions(folder: "simulated")
        options.disk = SimulatedDisk(seed: 1)
        options.makesIfMissing = true
        options.reserveByteCount = 0
        let store = try BlockStore.open(options)
        defer { store.close() }
        let cid = try VerifiedBlock(sample: 1).cid
        let longest = Bytes([UInt8](repeating: 0xFF, count: Limits.pinHolderBytesMax))
        try store.pin(cid, mode: .direct, name: "", holder: .request(longest), by: soon())
        let error = #expect(throws: BlockStoreError.self) {
            try store.pin(
                cid, mode: .direct, name: "", holder: .request(longest.appending([1])), by: soon())
        }
        #expect(error?.code == .tooLarge)
        #expect(try store.rootMode(of: cid) == .direct)
    }
}
