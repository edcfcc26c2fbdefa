import Buffers
import Testing

@testable import Vault

@Suite(.timeLimit(.minutes(40)))
struct RandomBytesTests {
    @Test
    func twoDrawsDiffer() {
        #expect(RandomBytes.make(32).count == 32)
        #expect(RandomBytes.make(32) != RandomBytes.make(32))
        #expect(RandomBytes.make(0).isEmpty)
    }

    @Test
    func anArrayIsFilledToItsEnd() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        RandomBytes.fill(&bytes)
        #expect(bytes.count == 4096)
        #expect(bytes.suffix(64).contains { $0 != 0 })
    }
}
