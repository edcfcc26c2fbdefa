import JSON
import Multiformats

/// `cid/*` and `multibase/list`: conversions that need no node.
enum CIDCommands {
    /// `cid/format`.
    static func format(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        let conversion = try CIDConversion(
            format: options.text("f") ?? "%s", version: options.text("v") ?? "",
            codec: options.text("mc") ?? "", base: options.text("b") ?? "")
        return convert(invocation.arguments, conversion)
    }

    /// `cid/base32`.
    static func base32(_ invocation: Invocation) throws -> Answer {
        let conversion = try CIDConversion(format: "%s", version: "1", codec: "", base: "base32")
        return convert(invocation.arguments, conversion)
    }

    /// `cid/bases`, `multibase/list`.
    static func bases(_ invocation: Invocation) throws -> Answer {
        .value(list(Multibase.allCases.map { (Int($0.code), $0.name) }))
    }

    /// `cid/codecs`.
    static func codecs(_ invocation: Invocation) throws -> Answer {
        let isSupported = invocation.options.flag("supported")
        return .value(
            list(CodecNames.ipld.filter { !isSupported || CodecNames.supported.contains($0.1) }))
    }

    /// `cid/hashes`.
    static func hashes(_ invocation: Invocation) throws -> Answer {
        .value(list(CodecNames.hashes))
    }

    private static func convert(_ texts: [String], _ conversion: CIDConversion) -> Answer {
        var rest = texts[...]
        return .lines(
            Lines {
                guard let text = rest.popFirst() else { return nil }
                var (shown, problem) = ("", "")
                do throws(CIDConversion.Failure) {
                    shown = try conversion.convert(text)
                } catch {
                    switch error {
                    case .format(let message): throw RPCError.failed(message)
                    case .cid(let message): problem = message
                    }
                }
                return .object([
                    ("CidStr", .text(text)), ("Formatted", .text(shown)),
                    ("ErrorMsg", .text(problem)),
                ])
            })
    }

    private static func list(_ entries: [(Int, String)]) -> JSONOutput {
        .list(entries.map { .object([("Code", .count($0.0)), ("Name", .text($0.1))]) })
    }
}

extension Multibase {
    /// The number of the base: the scalar value of its letter.
    var code: UInt32 { prefix.value }
}
