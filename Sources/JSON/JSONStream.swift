package import Buffers

/// Takes JSON values apart while they arrive: a list of any length costs the memory of one element.
///
/// The containers that the shape names are walked through; everything in them comes out whole, and is
/// read as strictly as `JSONReader` does. Values may follow each other, as they do in a stream.
package struct JSONStream {
    /// Where something stands.
    package struct Place: Equatable {
        /// How many containers are around it.
        package let depth: Int
        /// Of the member; nil for an element, and for a value of the stream.
        package let name: String?
    }

    /// What has arrived.
    package enum Event: Equatable {
        /// A value that is read whole.
        case value(JSONValue, Place)
        /// A container that was walked through has ended; so many others are around it.
        case end(depth: Int)
    }

    private struct Level {
        let shape: JSONShape
        let isObject: Bool
    }

    private enum Step {
        /// The end is possible only before the first.
        case value(mayEnd: Bool)
        case name(mayEnd: Bool)
        case colon
        case comma
    }

    private let shape: JSONShape
    private let elementByteCountMax: Int
    private let valueByteCountMax: Int
    private var levels: [Level] = []
    private var step = Step.value(mayEnd: false)
    private var name: String?
    /// The value or name that is arriving.
    private var token: [UInt8] = []
    private var extent: JSONExtent?

    /// Starts before the first value.
    ///
    /// - Parameters:
    ///   - shape: of each value of the stream.
    ///   - elementByteCountMax: the longest text of what is read whole.
    ///   - valueByteCountMax: bytes of memory that it may become.
    package init(_ shape: JSONShape, elementByteCountMax: Int, valueByteCountMax: Int) {
        self.shape = shape
        self.elementByteCountMax = elementByteCountMax
        self.valueByteCountMax = valueByteCountMax
    }

    /// Takes the next piece of the stream.
    ///
    /// - Parameters:
    ///   - piece: ends anywhere.
    ///   - body: gets what is complete.
    /// - Throws: `JSONStreamError` for what stands between values and is no JSON, or for an element
    ///   beyond the limit; `JSONError` for a value; what `body` throws.
    package mutating func feed(_ piece: Bytes, _ body: (Event) throws -> Void) throws {
        let bytes = piece.array
        var index = 0
        while index < bytes.count {
            if extent != nil {
                index = try collect(bytes[index...], body)
            } else if Self.isBlank(bytes[index]) {
                index += 1
            } else if try take(bytes[index], body) {
                index += 1
            }
        }
    }

    /// Ends the stream.
    package mutating func finish(_ body: (Event) throws -> Void) throws {
        if extent != nil, levels.isEmpty { try endToken(body) }
        guard levels.isEmpty, extent == nil else {
            throw JSONStreamError("it ends in the middle of a value")
        }
    }

    /// Takes one byte between values.
    ///
    /// - Returns: false if a token begins with it.
    private mutating func take(_ byte: UInt8, _ body: (Event) throws -> Void) throws -> Bool {
        switch (step, byte) {
        case (.value(mayEnd: true), UInt8(ascii: "]")), (.name(mayEnd: true), UInt8(ascii: "}")):
            try close(body)
        case (.value, UInt8(ascii: ",")), (.value, UInt8(ascii: "]")), (.value, UInt8(ascii: "}")):
            throw JSONStreamError("a value is missing")
        case (.value, _): return begin(byte)
        case (.name, UInt8(ascii: "\"")):
            extent = JSONExtent()
            return false
        case (.name, _): throw JSONStreamError("a name in quotes is missing")
        case (.colon, UInt8(ascii: ":")): step = .value(mayEnd: false)
        case (.colon, _): throw JSONStreamError("a colon is missing")
        case (.comma, UInt8(ascii: ",")):
            step = levels.last?.isObject == true ? .name(mayEnd: false) : .value(mayEnd: false)
        case (.comma, UInt8(ascii: "}")) where levels.last?.isObject == true: try close(body)
        case (.comma, UInt8(ascii: "]")) where levels.last?.isObject == false: try close(body)
        case (.comma, _): throw JSONStreamError("a comma is missing")
        }
        return true
    }

    /// Steps into a value, or begins to collect it.
    private mutating func begin(_ byte: UInt8) -> Bool {
        let shape = levels.last?.shape.inside(name) ?? shape
        guard shape.opens(byte) else {
            extent = JSONExtent()
            return false
        }
        let isObject = byte == UInt8(ascii: "{")
        levels.append(Level(shape: shape, isObject: isObject))
        step = isObject ? .name(mayEnd: true) : .value(mayEnd: true)
        name = nil
        return true
    }

    private mutating func close(_ body: (Event) throws -> Void) throws {
        levels.removeLast()
        endValue()
        try body(.end(depth: levels.count))
    }

    private mutating func endValue() {
        name = nil
        step = levels.isEmpty ? .value(mayEnd: false) : .comma
    }

    /// Collects bytes of a token.
    ///
    /// - Returns: where the token ends, or the piece.
    private mutating func collect(
        _ rest: ArraySlice<UInt8>, _ body: (Event) throws -> Void
    ) throws -> Int {
        let end = extent?.end(in: rest)
        let part = rest[..<(end ?? rest.endIndex)]
        guard token.count + part.count <= elementByteCountMax else {
            throw JSONStreamError("an element of it has more than \(elementByteCountMax) bytes")
        }
        token += part
        if end != nil { try endToken(body) }
        return part.endIndex
    }

    private mutating func endToken(_ body: (Event) throws -> Void) throws {
        let value = try JSONReader.read(token, valueByteCountMax: valueByteCountMax)
        token.removeAll(keepingCapacity: token.count <= Limits.keptTokenByteCount)
        extent = nil
        if case .name = step {
            name = value.text
            step = .colon
            return
        }
        let place = Place(depth: levels.count, name: name)
        endValue()
        try body(.value(value, place))
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
