/// The limits of this module, together with the relations between them.
enum Limits {
    /// Levels of arrays and objects in a JSON text.
    static let jsonDepthMax = 64
    /// Bytes of `config.json`.
    static let configurationByteCountMax = 1 << 20
    /// The version of the repository's layout that this program writes and reads.
    static let repositoryVersion = 1
}
