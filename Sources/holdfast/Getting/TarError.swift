/// An archive is damaged, or wants to write where it must not.
struct TarError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
