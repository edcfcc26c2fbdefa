extension ImportOptions {
    /// What metadata is asked for.
    package enum EntryKind: Sendable {
        case file, directory, symlink
        /// The directory that `wrapsWithDirectory` adds.
        case wrapper
    }

    /// The mode and time that an entry gets.
    ///
    /// A value given for all entries wins over the entry's own; the own one counts only if it is
    /// to be preserved. Symlinks never have a mode, and the wrapper has no own values.
    ///
    /// - Parameters:
    ///   - kind: what the entry is.
    ///   - mode: the entry's own permission bits, of which 12 are kept.
    ///   - mtime: the entry's own time.
    /// - Returns: what to give to the builders.
    /// - Spec: UnixFS, "`dag-pb` Optional Metadata".
    package func metadata(
        of kind: EntryKind, mode: UInt32? = nil, mtime: ModificationTime? = nil
    ) -> UnixFSMetadata {
        let ownMode = preservesMode && kind != .wrapper ? mode.map { $0 & 0o7777 } : nil
        let ownMtime = preservesMtime && kind != .wrapper ? mtime : nil
        let chosenMode = self.mode ?? ownMode
        return UnixFSMetadata(
            mode: kind == .symlink || chosenMode == 0 ? nil : chosenMode,
            mtime: self.mtime ?? ownMtime)
    }
}
