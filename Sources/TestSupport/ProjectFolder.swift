/// The folder of the repository that the tests were built from.
package enum ProjectFolder {
    /// The absolute path of something in it.
    ///
    /// - Parameter name: path from the root; whether it exists is not checked.
    package static func path(_ name: String) -> String { root + "/" + name }

    private static let root =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
}
