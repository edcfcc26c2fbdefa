/// Which containers of a JSON value are taken apart while they arrive, instead of being read whole.
package indirect enum JSONShape: Sendable {
    /// Read as one value.
    case whole
    /// An object whose members come out one by one; those that are not listed are whole.
    case members([String: JSONShape])
    /// An array whose elements come out one by one.
    case elements(JSONShape)

    /// The shape of what stands inside.
    ///
    /// - Parameter name: of the member; nil for an element.
    func inside(_ name: String?) -> JSONShape {
        switch self {
        case .whole: .whole
        case .members(let listed): name.flatMap { listed[$0] } ?? .whole
        case .elements(let shape): shape
        }
    }

    /// Whether a member of the object is to be taken apart: it comes out whole only where it is of
    /// another kind.
    package func takesApart(_ name: String) -> Bool {
        if case .members(let listed) = self { listed[name] != nil } else { false }
    }

    /// Whether a value that begins like this is taken apart.
    func opens(_ byte: UInt8) -> Bool {
        switch self {
        case .whole: false
        case .members: byte == UInt8(ascii: "{")
        case .elements: byte == UInt8(ascii: "[")
        }
    }
}
