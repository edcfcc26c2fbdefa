/// Something on the disk cannot be added; nothing of the call is pinned.
struct AddError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// What was found at a path is not what is opened there.
    static func replaced(_ path: String) -> AddError {
        AddError(
            "\(path) changed while it was read: another file is there now; nothing was pinned; add "
                + "it again when nobody writes to its folder")
    }
}
