/// The limits of this module, together with the relations between them.
enum Limits {
    /// Levels of arrays and objects in a JSON text.
    static let jsonDepthMax = 64
    /// Bytes of `config.json`.
    static let configurationByteCountMax = 1 << 20
    /// Memory of a connection that uploads may come over: one read takes 128 KiB of a body. With
    /// 32 KiB, libmicrohttpd polls and reads 8 times as often, and an add costs a tenth more.
    static let uploadConnectionByteCount = 256 * 1_024
    /// The version of the repository's layout that this program writes and reads.
    static let repositoryVersion = 1
}
