package import Buffers
package import Multiformats

/// Reads a CAR of version 1 or 2 from pieces as they arrive, front to back.
///
/// Feed a piece, take events until `next` is nil, and call `finish` at the end of the input. A
/// block that lies inside one fed piece shares its memory; one that does not is copied once.
/// Digests are not checked here. Of a version 2 file the index is passed over.
///
/// - Spec: ipld CARv1, CARv2.
package struct CARReader: ~Copyable {
    /// What the reader found.
    package enum Event: Sendable {
        /// Once, before all blocks. Of a version 2 file the inner header's roots.
        case header(version: UInt64, roots: [CID])
        case block(Block)
    }

    /// What the input has to bring next. `start` -> (`outerHeader` -> `gap` -> `start`) ->
    /// `sections`, and for version 2 `index` at the end of the data.
    private enum Stage {
        /// A header of version 1, or the pragma of version 2.
        case start
        /// The 40 bytes of version 2 behind its pragma.
        case outerHeader
        /// Bytes up to the data of version 2.
        case gap(left: UInt64)
        case sections
        /// Whatever follows the data of version 2.
        case index
    }

    private var input = CARInput()
    private var stage = Stage.start
    private var version: UInt64 = 1
    /// How many bytes of data version 2 has left; nil for version 1, whose end is the input's.
    private var dataLeft: UInt64?
    private let sectionBytesMax: UInt64

    /// Starts at the first byte of a CAR.
    ///
    /// - Parameter sectionBytesMax: the longest CID and block together.
    package init(sectionBytesMax: Int = Limits.carSectionBytesMax) {
        self.sectionBytesMax = UInt64(sectionBytesMax)
    }

    /// How many bytes of a section that is not complete the reader keeps, for the caller's budget.
    package var heldByteCount: Int { input.heldByteCount }

    /// The section that they begin: how long it is in all, and how much of it is still to come; zero
    /// while nothing is kept.
    package var sectionInProgress: (byteCount: Int, missing: Int) { input.run }

    /// Takes the bytes of a section that is not complete away, so that an archive that stands still
    /// holds no memory. `putBack` must bring them back before more is fed.
    package mutating func takeHeld() -> Bytes { input.takeHeld() }

    /// Puts back what `takeHeld` took, or the next part of it.
    package mutating func putBack(_ bytes: Bytes) { input.putBack(bytes) }

    /// Takes the next piece of the input. Everything fed before must have been taken out.
    package mutating func feed(_ piece: Bytes) { input.feed(piece) }

    /// The next event, or nil when more input is needed.
    ///
    /// - Throws: `.header`, `.section`, `.tooLarge`; the reader is of no use afterwards.
    package mutating func next() throws(CARError) -> Event? {
        while true {
            switch stage {
            case .start:
                guard let header = try takeHeader() else { return nil }
                if let event = try begin(header) { return event }
            case .outerHeader:
                guard let bytes = input.take(CARHeader.outerByteCount) else { return nil }
                try begin(outer: bytes)
            case .gap(let left):
                let passed = input.pass(left)
                stage = passed == left ? .start : .gap(left: left - passed)
                if passed < left { return nil }
            case .sections:
                if dataLeft == 0, input.isBetweenSections {
                    stage = .index
                    continue
                }
                return try takeSection().map(Event.block)
            case .index:
                _ = input.pass(.max)
                return nil
            }
        }
    }

    /// Says that the input has ended.
    ///
    /// - Throws: `.truncated` unless that was between two sections.
    package mutating func finish() throws(CARError) {
        switch stage {
        case .index: return
        case .sections where input.isBetweenSections && input.isDrained && (dataLeft ?? 0) == 0:
            return
        default: throw CARError(.truncated, "unexpected EOF")
        }
    }

    private mutating func takeHeader() throws(CARError) -> CARHeader? {
        let limit = UInt64(Limits.carHeaderBytesMax)
        guard let bytes = try takeFramed(limit: limit, "header") else { return nil }
        return try CARHeader(decoding: bytes)
    }

    /// The header event of version 1; nil for the pragma of version 2, whose data comes later.
    private mutating func begin(_ header: CARHeader) throws(CARError) -> Event? {
        switch (header.version, version) {
        case (1, _):
            stage = .sections
            return .header(version: version, roots: header.roots)
        case (2, 1) where header.roots.isEmpty:
            version = 2
            stage = .outerHeader
            return nil
        default: throw CARError(.header, "invalid car version: \(header.version)")
        }
    }

    private mutating func begin(outer bytes: Bytes) throws(CARError) {
        let place = try CARHeader.dataPlace(inOuter: bytes)
        dataLeft = place.byteCount
        stage = .gap(left: place.gapByteCount)
    }

    private mutating func takeSection() throws(CARError) -> Block? {
        guard let bytes = try takeFramed(limit: sectionBytesMax, "section") else { return nil }
        var reader = ByteReader(bytes)
        do {
            return Block(cid: try CID(reading: &reader), bytes: reader.readRest())
        } catch {
            throw CARError(.section, "invalid cid: \(error.message)")
        }
    }

    private mutating func takeFramed(
        limit: UInt64, _ what: String
    ) throws(CARError) -> Bytes? {
        guard let length = try input.takeLength() else { return nil }
        guard length.value > 0 else { throw CARError(.section, "a \(what) without bytes") }
        guard length.value <= limit else {
            throw CARError(
                .tooLarge, "a \(what) of \(length.value) bytes is larger than \(limit) allowed")
        }
        guard let bytes = input.take(Int(length.value)) else { return nil }
        input.endSection()
        guard let left = dataLeft else { return bytes }
        let count = length.value + UInt64(length.byteCount)
        guard count <= left else {
            throw CARError(.section, "a \(what) passes the end of the data")
        }
        dataLeft = left - count
        return bytes
    }
}
