/// Something on the disk cannot be added; nothing of the call is pinned.
struct AddError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
