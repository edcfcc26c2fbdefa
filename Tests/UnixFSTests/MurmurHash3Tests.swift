import Buffers
import Testing
import UnixFS

/// The hash of HAMT directories against published values.
@Suite(.timeLimit(.minutes(40)))
struct MurmurHash3Tests {
    @Test(
        arguments: [
            ("", 0),
            ("hello", 0xcbd8_a7b3_41bd_9b02),
            ("The quick brown fox jumps over the lazy dog", 0xe34b_bc7b_bc07_1b6c),
        ] as [(String, UInt64)])
    func theFirstHalfIsThePublishedOne(text: String, hash: UInt64) {
        #expect(MurmurHash3.first64(of: Bytes(utf8: text)) == hash)
    }
}
