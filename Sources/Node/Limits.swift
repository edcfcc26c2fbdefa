/// The limits of this module, together with the relations between them.
enum Limits {
    /// Levels of arrays and objects in a JSON text.
    static let jsonDepthMax = 64
    /// Bytes of `config.json`.
    static let configurationByteCountMax = 1 << 20
    /// Memory of a connection that uploads may come over: one read takes 128 KiB of a body. With
    /// 32 KiB, libmicrohttpd polls and reads 8 times as often, and an add costs a tenth more.
    static let uploadConnectionByteCount = 256 * 1_024
    /// Bytes of the target of a call: 1,500 CIDs as arguments. Longer lists come in the body.
    static let rpcTargetByteCountMax = 96 * 1_024
    /// Bytes of the head of a call, within half of the connection's memory.
    static let rpcHeaderByteCountMax = 112 * 1_024
    /// The version of the repository's layout that this program writes and reads.
    static let repositoryVersion = 1
}
