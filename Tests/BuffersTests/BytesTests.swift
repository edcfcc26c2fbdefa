import Buffers
import Testing

@Suite(.timeLimit(.minutes(40)))
struct BytesTests {
    @Test func slicesShowTheSameBytesAsArraySlices() {
        let array = Array(UInt8(0)...99)
        let bytes = Bytes(array)
        for lower in stride(from: 0, through: 100, by: 7) {
            for upper in stride(from: lower, through: 100, by: 9) {
                #expect(bytes[lower..<upper].array == Array(array[lower..<upper]))
            }
        }
    }

    @Test func slicesOfSlicesCountFromTheirOwnStart() {
        let slice = Bytes([1, 2, 3, 4, 5])[1..<4]
        #expect(slice[0] == 2)
        #expect(slice[1..<3] == [3, 4])
        #expect(slice.dropFirst(2) == [4])
        #expect(slice.prefix(9) == [2, 3, 4])
    }

    @Test func adoptedMemoryIsReleasedOnceWithTheLastSlice() {
        let releases = ReleaseCount()
        do {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: 4, alignment: 1)
            unsafe memory.storeBytes(of: 0x0403_0201, as: UInt32.self)
            var whole: Bytes? = unsafe Bytes(adopting: memory, count: 4) {
                releases.count += 1
                unsafe $0.deallocate()
            }
            let slice = whole?[1..<3]
            whole = nil
            #expect(releases.count == 0)
            #expect(slice == [2, 3])
        }
        #expect(releases.count == 1)
    }

    @Test func equalBytesHashAlikeWhateverTheirMemory() {
        let left = Bytes([9, 1, 2, 3])[1..<4]
        let right = Bytes([1, 2, 3])
        #expect(left == right)
        #expect(Set([left, right]).count == 1)
        #expect(left != [1, 2])
    }

    @Test func textMustBeUTF8() {
        #expect(Bytes(utf8: "zażółć").utf8Text == "zażółć")
        #expect(Bytes([0xff, 0xfe]).utf8Text == nil)
        #expect(Bytes.empty.utf8Text == "")
    }

    @Test func descriptionsDoNotShowContents() {
        #expect("\(Bytes(utf8: "secret"))" == "6 bytes")
    }

    @Test func anIndexOutsideTraps() async {
        await #expect(processExitsWith: .failure) {
            let bytes = Bytes([1, 2, 3])[0..<2]
            _ = bytes[2]
        }
    }
}

/// Counts on one thread only.
private final class ReleaseCount: @unchecked Sendable {
    // Because the test releases on the thread that reads the count.
    var count = 0
}
