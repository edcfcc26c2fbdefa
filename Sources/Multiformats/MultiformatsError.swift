/// Why a CID, a multihash, a multibase text or a varint was refused. A retry cannot help.
package struct MultiformatsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong, for code that decides.
    package struct Code: Hashable, Sendable {
        private enum Kind { case varint, multibase, digest, digestTooLarge, cid }
        private let kind: Kind

        /// A varint that is cut off, too long or not minimal.
        package static let varint = Code(kind: .varint)
        /// A multibase prefix or character that is not known.
        package static let multibase = Code(kind: .multibase)
        /// A multihash whose length and bytes disagree.
        package static let digest = Code(kind: .digest)
        /// An identity digest over 128 bytes.
        package static let digestTooLarge = Code(kind: .digestTooLarge)
        /// A CID of another version, or with bytes left over.
        package static let cid = Code(kind: .cid)
    }

    package let code: Code
    /// The cause in the words of go-cid, go-multihash and go-multibase, without a prefix.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
