import Buffers
import Glibc

/// What the system says about the memory of this process.
struct MemoryFigures {
    /// Bytes that are in use.
    let resident: UInt64
    /// Bytes of them that are of files, and of memory that is shared.
    let shared: UInt64

    var own: UInt64 { resident - min(resident, shared) }

    /// Kept open from the first look on: where a process or the system has no more files to open, memory
    /// is about to be short as well.
    private static let file = Locked<File?>(nil)

    /// The figures of now; nil where they cannot be had.
    static var current: MemoryFigures? {
        let file = Self.file.withLock { file in
            if file == nil { file = try? File("/proc/self/statm", .read) }
            return file
        }
        return (try? file?.read(at: 0, count: 4_096)).flatMap { $0 }.flatMap {
            MemoryFigures($0, pageByteCount: UInt64(clamping: sysconf(Int32(_SC_PAGESIZE))))
        }
    }

    /// Reads the second and the third number, which count pages.
    ///
    /// - Parameter text: of `/proc/self/statm`.
    init?(_ text: Bytes, pageByteCount: UInt64) {
        let counts = text.split(separator: UInt8(ascii: " ")).prefix(3).compactMap {
            $0.utf8Text.flatMap { UInt64($0) }
        }
        guard counts.count == 3 else { return nil }
        let bytes = counts.map { $0.multipliedReportingOverflow(by: pageByteCount) }
        guard !bytes.contains(where: \.overflow) else { return nil }
        (resident, shared) = (bytes[1].partialValue, bytes[2].partialValue)
    }
}
