package import Buffers

extension Bytes {
    /// A copy that tells when nobody has it any more: for tests of who holds on to what.
    ///
    /// - Parameter whenGone: called once, on any thread, when the last slice has gone.
    package func copy(whenGone: @escaping @Sendable () -> Void) -> Bytes {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 1)
        for index in 0..<count {
            unsafe memory.storeBytes(of: self[index], toByteOffset: index, as: UInt8.self)
        }
        return unsafe Bytes(adopting: memory, count: count) {
            unsafe $0.deallocate()
            whenGone()
        }
    }
}
