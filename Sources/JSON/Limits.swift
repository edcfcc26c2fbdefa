/// The limits of this module, together with the relations between them.
enum Limits {
    /// Arrays and objects around a value.
    static let depthMax = 64
    /// Bytes of memory that a value may take where its reader is told nothing else. No byte of text
    /// becomes more than 64, so that every text of 1 MiB is read.
    static let valueByteCountMax = 64 << 20
    /// Bytes that a value takes beside its text: its box, and its place in a list that grows.
    static let valueByteCount = 64
    /// Bytes that an array or object which is not empty takes besides.
    static let listByteCount = 64
    /// Bytes that the name and the place of a member take besides.
    static let memberByteCount = 96
    /// Bytes that a text takes besides which is longer than those that stand in their value.
    static let textByteCount = 32
    /// Bytes of a text that stands in its value.
    static let shortTextByteCount = 15
    /// Bytes of a name that an error shows.
    static let shownNameByteCountMax = 64
    /// Bytes of room that a stream keeps from one element for the next.
    static let keptTokenByteCount = 64 << 10
    /// Bytes of indented text that are handed over at once, and of a text of which it is made; with
    /// escapes they are up to six times as many.
    static let indentedPieceByteCount = 16 << 10
}
