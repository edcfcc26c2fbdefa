package import Buffers

extension Bytes {
    /// A copy that tells when nobody has it any more: for tests of who holds on to what.
    ///
    /// - Parameter whenGone: called once, on any thread, when the last slice has gone.
    package func copy(whenGone: @escaping @Sendable () -> Void) -> Bytes {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 1)
        unsafe withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: memory, count: source.count)
                .copyMemory(from: source)
        }
        return unsafe Bytes(adopting: memory, count: count) {
            unsafe $0.deallocate()
            whenGone()
        }
    }
}
