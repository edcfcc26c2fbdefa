import Buffers
import Testing

@testable import KuboRPC

@Suite(.timeLimit(.minutes(40)))
struct OptionValuesTests {
    @Test(arguments: [
        ("", true), ("true", true), ("TRUE", true), ("t", true), ("1", true), ("T", true),
        ("false", false), ("False", false), ("f", false), ("0", false),
    ])
    func flagsAreReadInAllTheirSpellings(value: String, expected: Bool) throws {
        #expect(try options("pin/add", ["recursive": value]).flag("recursive") == expected)
    }

    @Test(arguments: [
        ("10", 10), ("-1", -1), ("+7", 7), ("0x10", 16), ("0X1f", 31), ("0o17", 15), ("017", 15),
        ("0b101", 5), ("-0x10", -16), ("0", 0), ("9223372036854775807", Int.max),
    ])
    func numbersMayHaveABase(value: String, expected: Int) throws {
        #expect(try options("cat", ["offset": value]).integer("offset") == expected)
    }

    @Test(arguments: ["", "x", "1x", "0x", "--1", "1 ", "9223372036854775808", "0x-1"])
    func whatIsNoNumberIsRefused(value: String) {
        let error = problem("cat", [("offset", value)])
        let shown = value.isEmpty ? "empty value" : "value \"\(value)\""
        #expect(error == "could not convert \(shown) to type \"int64\" (for option \"-offset\")")
    }

    @Test func numbersMustFitTheirWidth() {
        #expect(
            problem("add", [("inline-limit", "2147483648")])
                == "could not convert value \"2147483648\" to type \"int\" "
                + "(for option \"-inline-limit\")")
        #expect(
            problem("add", [("mode", "-1")])
                == "could not convert value \"-1\" to type \"uint\" (for option \"-mode\")")
    }

    @Test func aliasesStandForTheirOption() throws {
        #expect(try options("cat", ["o": "5"]).integer("offset") == 5)
        #expect(try !options("pin/add", ["r": "false"]).flag("recursive"))
    }

    @Test func defaultsFillWhatIsAbsent() throws {
        let values = try options("pin/ls", [:])
        #expect(values.text("type") == "all")
        #expect(values.optionalFlag("stream") == nil)
        #expect(values.text("encoding") == "json")
        #expect(try options("add", [:]).integer("inline-limit") == 32)
    }

    @Test func unknownOptionsAreIgnored() throws {
        #expect(try options("pin/add", ["max-depth": "x", "stream": "maybe"]).flag("recursive"))
    }

    @Test func aRepeatedOptionIsRefused() {
        #expect(
            problem("pin/ls", [("type", "all"), ("type", "direct")])
                == "expected key type to have only a single value, received [all direct]")
        #expect(
            problem("pin/add", [("r", "true"), ("recursive", "true")])
                == "duplicate command options were provided (\"r\" and \"recursive\")")
    }

    private func options(_ name: String, _ items: [String: String]) throws -> OptionValues {
        let spec = try #require(CommandTable.command(named: Bytes(utf8: name)))
        return try OptionValues(
            items.map { (Bytes(utf8: $0.key), Bytes(utf8: $0.value)) }, for: spec)
    }

    private func problem(_ name: String, _ items: [(String, String)]) -> String? {
        guard let spec = CommandTable.command(named: Bytes(utf8: name)) else { return "no command" }
        do throws(RPCError) {
            _ = try OptionValues(
                items.map { (name: Bytes(utf8: $0.0), value: Bytes(utf8: $0.1)) }, for: spec)
            return nil
        } catch {
            return error.message
        }
    }
}
