import Multiformats

extension ImportOptions {
    /// Puts what was asked for on top of the defaults, and refuses what does not go together.
    ///
    /// - Parameters:
    ///   - request: the options as given.
    ///   - defaults: the configuration; a profile in the request takes its place.
    /// - Returns: options that every builder accepts.
    /// - Throws: `.invalidOption`, with Kubo's text where Kubo refuses the same.
    /// - Spec: Kubo RPC API, `add`; `Tests/Fixtures/kubo-add.json` has the cases.
    package static func resolve(
        from request: ImportRequest, defaults: ImportDefaults = ImportDefaults()
    ) throws(UnixFSError) -> ImportOptions {
        try request.checkWhatGoesTogether()
        var base = defaults
        if let name = request.profile {
            base = ImportDefaults(profile: try ImportProfile(named: name))
        }
        var options = ImportOptions()
        try options.setIdentifiers(request, base)
        try options.setShape(request, base)
        try options.setMetadata(request)
        try options.setLeaves(request, base)
        options.wrapsWithDirectory = request.wrapWithDirectory
        options.includesHidden = request.hidden
        options.includesEmptyDirectories = request.emptyDirectories
        options.onlyHash = request.onlyHash
        return options
    }

    private mutating func setIdentifiers(
        _ request: ImportRequest, _ base: ImportDefaults
    ) throws(UnixFSError) {
        hash = request.hash ?? base.hash
        switch request.cidVersion ?? base.cidVersion {
        case 0: cidVersion = .v0
        case 1: cidVersion = .v1
        case let other: throw .option("unknown CID version: \(other)")
        }
        if hash != .sha2_256 {
            guard request.cidVersion != 0 else { throw .option("CIDv0 only supports sha2-256") }
            cidVersion = .v1
        }
        if request.inline {
            let limit = request.inlineLimit ?? 32
            guard limit <= Limits.inlineByteCountMax else {
                throw .option(
                    "inline-limit \(limit) exceeds maximum allowed size of "
                        + "\(Limits.inlineByteCountMax) bytes")
            }
            inlineLimit = limit
        }
    }

    private mutating func setShape(
        _ request: ImportRequest, _ base: ImportDefaults
    ) throws(UnixFSError) {
        chunker = try request.chunker.map(Chunker.Specification.init(parsing:)) ?? base.chunker
        layout = request.trickle.map { $0 ? .trickle : .balanced } ?? base.layout
        maxFileLinks = request.maxFileLinks ?? base.fileMaxLinks
        if maxFileLinks <= 0 { maxFileLinks = 174 }
        guard maxFileLinks >= 2 else { throw .option("max-file-links must be at least 2") }
        maxDirectoryLinks = max(request.maxDirectoryLinks ?? base.directoryMaxLinks, 0)
        maxHAMTFanout = request.maxHAMTFanout ?? base.hamtMaxFanout
        guard Limits.allows(fanout: maxHAMTFanout) else {
            throw .option(
                "HAMT fanout must be a power of 2, between 8 and 1024 (got \(maxHAMTFanout))")
        }
        hamtThreshold = base.hamtThreshold
        hamtSizeEstimate = base.hamtSizeEstimate
    }

    private mutating func setMetadata(_ request: ImportRequest) throws(UnixFSError) {
        preservesMode = request.preserveMode
        preservesMtime = request.preserveMtime
        if let mode = request.mode, mode != 0 { self.mode = UInt32(mode & 0o777) }
        if let nanoseconds = request.mtimeNanoseconds {
            guard request.mtime != nil else {
                throw .option(
                    #"option "mtime-nsecs" requires "mtime" to be provided as well"#)
            }
            guard 1...999_999_999 ~= nanoseconds else {
                throw .option("mtime nanoseconds must be in range [1, 999999999]")
            }
        }
        guard let seconds = request.mtime, seconds != 0 else { return }
        let nanoseconds = UInt32(exactly: request.mtimeNanoseconds ?? 0) ?? .max
        guard let time = ModificationTime(seconds: seconds, nanoseconds: nanoseconds) else {
            throw .timeWithoutDate
        }
        mtime = time
    }

    /// Raw leaves have no room for metadata, so it switches them off.
    private mutating func setLeaves(
        _ request: ImportRequest, _ base: ImportDefaults
    ) throws(UnixFSError) {
        rawLeaves = request.rawLeaves ?? base.rawLeaves ?? (cidVersion == .v1)
        guard mode != nil || mtime != nil || preservesMode || preservesMtime else { return }
        guard request.rawLeaves != true else {
            throw .option(
                "raw-leaves can't be used with UnixFS metadata like mode or modification time")
        }
        rawLeaves = false
    }
}

extension ImportRequest {
    fileprivate func checkWhatGoesTogether() throws(UnixFSError) {
        if toFiles != nil {
            guard !onlyHash else {
                throw .option("only-hash and to-files options are not compatible")
            }
            guard !wrapWithDirectory else {
                throw .option("wrap-with-directory and to-files options are not compatible")
            }
        }
        guard pin || pinName == nil else {
            throw .option("pin-name option requires pin to be set")
        }
    }
}
