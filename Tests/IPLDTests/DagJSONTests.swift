import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct DagJSONTests {
    @Test
    func theNegativeTestDataAreRefused() throws {
        let cases = try CodecFixtures.negativeDecode("dag-json/decode/duplicate-keys.json")
        #expect(cases.count == 1)
        for (name, bytes, cause) in cases {
            let error = #expect(throws: IPLDError.self, "\(name)") { try DagJSON.decode(bytes) }
            #expect(error?.message.contains(cause) == true)
        }
    }

    @Test(arguments: [
        "", " ", "nul", "nulls", "tru", "[", "[1", "[1,", "[1,]", "[,1]", "{", "{\"a\"", "{\"a\":",
        "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "\"", "\"\\",
        "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\n\"",
        "01", "-", "-01", "1.", ".5", "+1", "1e", "1e+", "1.e1", "1e999", "0x1", "NaN", "Infinity",
        "18446744073709551616", "-18446744073709551617", "1 2", "[1]]", "'a'",
        "{\"a\":1,\"\\u0061\":2}", "{\"/\":1}", "{\"/\":\"x\"}", "{\"/\":\"bafkqaaa\",\"a\":1}",
        "{\"/\":{\"bytes\":1}}", "{\"/\":{\"bytes\":\"A\"}}",
        "{\"/\":{\"bytes\":\"AQ==\",\"a\":1}}",
        "{\"/\":{}}", "{\"/\":{\"a\":\"AQ\"}}",
    ])
    func brokenTextsAreRefused(text: String) {
        #expect(throws: IPLDError.self) { try DagJSON.decode(Bytes(utf8: text)) }
    }

    @Test
    func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: IPLDError.self) { try DagJSON.decode(Bytes([0x22, 0xff, 0x22])) }
        #expect(throws: IPLDError.self) {
            try DagJSON.decode(Bytes([0x22, 0xed, 0xa0, 0x80, 0x22]))
        }
        #expect(throws: IPLDError.self) { try DagJSON.decode(Bytes([0xef, 0xbb, 0xbf, 0x31])) }
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("0.0", "0.0"), ("-0.0", "-0.0"), ("1.0", "1.0"), ("1e2", "100.0"),
        ("1.5", "1.5"), ("-1.25E-2", "-0.0125"), ("0.000001", "0.000001"), ("0.0000001", "1e-7"),
        ("1e20", "100000000000000000000.0"), ("1e21", "1e+21"), ("1.5e300", "1.5e+300"),
        ("5e-324", "5e-324"), ("123456789.125", "123456789.125"),
        ("8.940696716308594e-8", "8.940696716308594e-8"),
        ("18446744073709551615", "18446744073709551615"),
        ("-18446744073709551616", "-18446744073709551616"),
        (" [ 1 ,\t2 ]\r\n", "[1,2]"), ("{\"b\":1,\"a\":2,\"aa\":3}", "{\"a\":2,\"aa\":3,\"b\":1}"),
        ("\"\\u00e9\\/\\b\\f\\n\\r\\t\\\"\\\\\"", "\"é/\\u0008\\u000c\\n\\r\\t\\\"\\\\\""),
        ("\"\\ud83d\\ude80<>&\\u2028\"", "\"🚀<>&\\u2028\""), ("\"\\u0000\"", "\"\\u0000\""),
        ("{\"/\":{\"bytes\":\"AQ==\"}}", "{\"/\":{\"bytes\":\"AQ\"}}"),
        ("{\"/\": \"bafkqaaa\"}", "{\"/\":\"bafkqaaa\"}"), ("[]", "[]"), ("{}", "{}"),
        ("{\"a\":{\"/\":\"bafkqaaa\"}}", "{\"a\":{\"/\":\"bafkqaaa\"}}"),
    ])
    func textsAreWrittenCanonically(text: String, canonical: String) throws {
        let value = try DagJSON.decode(Bytes(utf8: text))
        #expect(try DagJSON.encode(value).utf8Text == canonical)
        #expect(try DagJSON.encode(DagJSON.decode(Bytes(utf8: canonical))).utf8Text == canonical)
    }

    @Test
    func integersAndFloatsStayApart() throws {
        #expect(try DagJSON.decode(Bytes(utf8: "1")) == .integer(1))
        #expect(try DagJSON.decode(Bytes(utf8: "1.0")) == .float(1))
        #expect(try DagJSON.decode(Bytes(utf8: "1e0")) == .float(1))
    }

    @Test
    func randomFloatsComeBack() throws {
        var random = SeededRandom(seed: 41)
        for _ in 0..<5000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let json = try DagJSON.encode(.float(number))
            #expect(try DagJSON.decode(json) == .float(number))
        }
    }

    @Test
    func theReservedKeyIsNotWrittenAsAMap() {
        let value = IPLDValue.map([.init(key: "/", value: .string("bafkqaaa"))])
        #expect(throws: IPLDError.self) { try DagJSON.encode(value) }
    }

    @Test
    func nestingStopsAtTheLimitAndFitsASmallStack() {
        SmallStack.run {
            for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                let text = Self.nested(open, "{\"/\":{\"bytes\":\"AQ\"}}", close, Limits.depthMax)
                let value = try? DagJSON.decode(text)
                #expect(value.flatMap { try? DagJSON.encode($0) } == text)
                let deeper = Self.nested(open, "1", close, Limits.depthMax + 3)
                let error = #expect(throws: IPLDError.self) { try DagJSON.decode(deeper) }
                #expect(error?.code == .tooDeep)
            }
            let endless = Bytes(utf8: String(repeating: "[", count: 1_000_000))
            #expect(throws: IPLDError.self) { try DagJSON.decode(endless) }
            #expect(throws: IPLDError.self) { try PlainJSON.decode(endless) }
        }
    }

    private static func nested(
        _ open: String, _ inner: String, _ close: String, _ count: Int
    ) -> Bytes {
        Bytes(
            utf8: String(repeating: open, count: count) + inner
                + String(repeating: close, count: count))
    }

    @Test
    func changedTextsNeverTrap() throws {
        var random = SeededRandom(seed: 42)
        for _ in 0..<5000 {
            var bytes = try DagJSON.encode(RandomValue.make(&random, depth: 3)).array
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
            guard let value = try? DagJSON.decode(Bytes(bytes)) else { continue }
            let json = try DagJSON.encode(value)
            #expect(try DagJSON.decode(json) == (try DagJSON.decode(json)))
        }
    }

    @Test
    func plainJSONIsIndentedByTabsAndKeepsItsOrder() throws {
        let text = "{\n\t\"b\": [\n\t\t1,\n\t\t2.5\n\t],\n\t\"/\": {\n\t}\n}\n"
        let value = try PlainJSON.decode(Bytes(utf8: "{\"b\":[1,2.5],\"/\":{}}"))
        #expect(try PlainJSON.encode(value).utf8Text == text)
        #expect(try PlainJSON.decode(Bytes(utf8: text)) == value)
        #expect(try PlainJSON.encode(.null).utf8Text == "null")
        #expect(throws: IPLDError.self) { try PlainJSON.encode(.bytes(.empty)) }
        #expect(throws: IPLDError.self) {
            try PlainJSON.encode(.link(try CID(parsing: "bafkqaaa")))
        }
    }
}
