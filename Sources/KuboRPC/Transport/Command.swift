import Buffers

/// What a command does, beside its `CommandSpec`.
enum Command: Sendable {
    /// Answers from arguments and options alone.
    case query(@Sendable (Invocation) throws -> Answer)
    /// Takes files; the sink is made before the first byte of them is read, so that wrong options
    /// are refused before anything is uploaded.
    case upload(@Sendable (Invocation) throws -> any PartSink)
}

/// Takes the parts of one upload, on the connection's thread.
protocol PartSink: AnyObject {
    /// A file, folder or link begins.
    func begin(_ entry: UploadedEntry) throws
    /// The next bytes of it.
    func receive(_ piece: Bytes) throws
    /// Nothing more has come for a while: what others need is to be let go of.
    func pause() throws
    /// It has ended.
    func end() throws
    /// Everything has arrived. Not called when the upload breaks off: then the sink goes away.
    func finish() throws -> Answer
}

extension PartSink {
    func pause() throws {}
}
