import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct ASCIITests {
    /// RFC 9110, 5.6.2, written as the RFC does.
    @Test func tokensAreThoseOfTheSpecification() {
        let marks = Array("!#$%&'*+-.^_`|~".utf8)
        for byte in UInt8.min...UInt8.max {
            let character = Character(Unicode.Scalar(byte))
            let isAlphanumeric =
                byte < 0x80 && (character.isLetter || (character.isNumber && character.isASCII))
            #expect(ASCII.isTokenByte(byte) == (isAlphanumeric || marks.contains(byte)))
        }
    }
}
