import Buffers
import JSON
import Multiformats
import Testing
import UnixFS

@testable import Node

@Suite(.timeLimit(.minutes(40)))
struct ConfigurationReaderTests {
    private func read(
        _ text: String, environment: [String: String] = [:], options: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        try ConfigurationReader.read(
            file: Bytes(utf8: text), path: "config.json", environment: environment,
            options: options)
    }

    @Test func nothingMeansTheDefaults() throws {
        let configuration = try read("{}")
        #expect(configuration.listen.publicAddress == "127.0.0.1:8080")
        #expect(configuration.listen.privateAddress == "127.0.0.1:5001")
        #expect(configuration.store.cacheByteCount == 64 << 20)
        #expect(configuration.imports == ImportDefaults())
        #expect(configuration.scrub.bytesPerSecond == 32 << 20)
        #expect(configuration.scrub.interval == .seconds(7 * 24 * 3600))
    }

    @Test func everyDefaultInTheTableIsTheDefaultOfTheStruct() throws {
        for setting in Configuration.settings {
            var configuration = Configuration()
            try setting.apply(try JSONReader.read(Array(setting.fallback.utf8)), &configuration)
            #expect("\(configuration)" == "\(Configuration())", "\(setting.key)")
        }
    }

    @Test func theFileIsRead() throws {
        let configuration = try read(
            """
            { "listen": { "public": "[::1]:9000" },
              "store": { "cacheSize": "1.5GiB", "durability": "os" },
              "import": { "cidVersion": 1, "unixFSChunker": "buzhash", "hashFunction": "blake3",
                          "unixFSRawLeaves": false, "unixFSDAGLayout": "trickle" },
              "scrub": { "bytesPerSecond": 0, "every": "24h" },
              "gateway": { "headers": { "X-A": "b" }, "maxRequestDuration": "1h5m" } }
            """)
        #expect(configuration.listen.publicAddress == "[::1]:9000")
        #expect(configuration.store.cacheByteCount == 3 << 29)
        #expect(configuration.store.durability == .os)
        #expect(configuration.scrub.bytesPerSecond == 0)
        #expect(configuration.scrub.interval == .seconds(24 * 3600))
        #expect(configuration.imports.cidVersion == 1)
        #expect(configuration.imports.chunker.text == "buzhash")
        #expect(configuration.imports.hash == .blake3)
        #expect(configuration.imports.rawLeaves == false)
        #expect(configuration.imports.layout == .trickle)
        #expect(configuration.gateway.headers == ["X-A": "b"])
        #expect(configuration.gateway.requestDurationMax == .seconds(3_900))
    }

    @Test func optionsWinOverTheEnvironmentAndItOverTheFile() throws {
        let file =
            #"{"listen":{"public":"127.0.0.1:1","private":"127.0.0.1:1","maxConnections":1}}"#
        let configuration = try read(
            file,
            environment: [
                "HOLDFAST_LISTEN_PUBLIC": "127.0.0.1:2", "HOLDFAST_LISTEN_PRIVATE": "127.0.0.1:2",
            ], options: ["listen.public": "127.0.0.1:3"])
        #expect(configuration.listen.publicAddress == "127.0.0.1:3")
        #expect(configuration.listen.privateAddress == "127.0.0.1:2")
        #expect(configuration.listen.connectionsMax == 1)
    }

    @Test func theEnvironmentHoldsNumbersListsAndTruthValues() throws {
        let configuration = try read(
            "{}",
            environment: [
                "HOLDFAST_IMPORT_CID_VERSION": "1", "HOLDFAST_STORE_CACHE_SIZE": "1MiB",
                "HOLDFAST_RPC_ALLOWED_ORIGINS": #"["https://a.example"]"#,
                "HOLDFAST_GATEWAY_DESERIALIZED_RESPONSES": "false",
            ])
        #expect(configuration.imports.cidVersion == 1)
        #expect(configuration.store.cacheByteCount == 1 << 20)
        #expect(configuration.rpc.allowedOrigins == ["https://a.example"])
        #expect(!configuration.gateway.deserializedResponses)
    }

    @Test(arguments: [
        (
            #"{"store":{"cacheSzie":1}}"#,
            "config.json, line 1: unknown key store.cacheSzie: did you mean store.cacheSize?"
        ),
        ("{\n\"stor\":{}}", "config.json, line 2: unknown key stor: did you mean store?"),
        (#"{"store":7}"#, "config.json, line 1: store is 7; allowed: an object"),
        (
            #"{"import":{"cidVersion":2}}"#,
            "config.json, line 1: import.cidVersion is 2; allowed: a whole number from 0 to 1"
        ),
        (
            #"{"store":{"durability":"never"}}"#,
            #"config.json, line 1: store.durability is "never"; allowed: "synced", "os""#
        ),
        (
            #"{"import":{"unixFSChunker":"size-0"}}"#,
            #"config.json, line 1: import.unixFSChunker is "size-0": chunker size must be greater than 0"#
        ),
        (
            #"{"import":{"hashFunction":"sha9"}}"#,
            #"config.json, line 1: import.hashFunction is "sha9": unrecognized hash function: "sha9""#
        ),
        (#"{"log":{},"log":{}}"#, "config.json, line 1: log stands there twice"),
        (
            "{\n  \"a\" 1}",
            "config.json is not JSON: line 2, column 7: a colon is missing after \"a\""
        ),
        ("[]", "config.json must hold an object: { … }"),
    ])
    func mistakesAreNamed(text: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        #expect(error?.description == message)
    }

    /// The server would leave such a field out of every answer, and the node would start.
    @Test(arguments: [
        (#"{"Content-Security-Policy":"default-src 'none';\n frame-src 'none'"}"#, "line break"),
        (#"{"X-A":"a\tb"}"#, "a tab"),
        (#"{"X-A":""}"#, "no value"),
        (#"{"X-A":" "}"#, "no value"),
        (#"{"X A":"b"}"#, "a name that is none"),
        (#"{"":"b"}"#, "a name that is none"),
        (#"{"X-Ä":"b"}"#, "a name that is none"),
        (#"{"content-Length":"7"}"#, "written by the node itself"),
        (#"{"Transfer-Encoding":"gzip"}"#, "written by the node itself"),
        (#"{"Connection":"close"}"#, "written by the node itself"),
        (#"{"X-A":"1","x-a":"3"}"#, #""x-a" stands there twice"#),
        (#"{"X-A":"1","X-A":"3"}"#, #""X-A" stands there twice"#),
    ])
    func fieldsThatCannotBeSentAreRefused(fields: String, reason: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try read(#"{"gateway":{"headers":\#(fields)}}"#)
        }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("config.json, line 1: gateway.headers is {"))
        #expect(message.contains(reason), "\(message)")
        let named = #expect(throws: ConfigurationError.self) {
            try read("{}", environment: ["HOLDFAST_GATEWAY_HEADERS": fields])
        }
        #expect(named?.description.contains(reason) == true)
    }

    @Test func fieldsThatCanBeSentAreTakenAsTheyAre() throws {
        let fields = [
            "Content-Security-Policy": "default-src 'none'; img-src 'self'", "x-names": "Zoë",
            "Server": "a", "Cache-Control": "no-store",
        ]
        let members = fields.map { "\(JSONText.quoted($0)):\(JSONText.quoted($1))" }
        let configuration = try read(
            "{}",
            environment: [
                "HOLDFAST_GATEWAY_HEADERS": "{" + members.joined(separator: ",") + "}"
            ])
        #expect(configuration.gateway.headers == fields)
    }

    @Test func aRedirectThatCannotBeSentIsRefused() throws {
        #expect(try read(#"{"gateway":{"rootRedirect":"/a b"}}"#).gateway.rootRedirect == "/a b")
        let error = #expect(throws: ConfigurationError.self) {
            try read(#"{"gateway":{"rootRedirect":"/a\nX-B: c"}}"#)
        }
        #expect(error?.description.contains("gateway.rootRedirect") == true)
    }

    @Test func everySettingRefusesAValueOfAnotherType() {
        for setting in Configuration.settings {
            for value in [JSONValue.number("-1"), .array([.number("1")]), .string("\u{1}?")] {
                var configuration = Configuration()
                guard (try? setting.apply(value, &configuration)) != nil else { continue }
                // A text setting takes any text; it must not take the other two.
                #expect(value.text != nil, "\(setting.key) takes \(value)")
            }
        }
    }

    @Test func aMistakeInTheEnvironmentNamesTheVariable() {
        let error = #expect(throws: ConfigurationError.self) {
            try read("{}", environment: ["HOLDFAST_STORE_DURABILITY": "maybe"])
        }
        #expect(
            error?.description.hasPrefix("$HOLDFAST_STORE_DURABILITY: store.durability") == true)
    }

    @Test(arguments: [
        ("store.cacheSize", "HOLDFAST_STORE_CACHE_SIZE"),
        ("import.unixFSHAMTDirectoryMaxFanout", "HOLDFAST_IMPORT_UNIX_FSHAMTDIRECTORY_MAX_FANOUT"),
    ])
    func variablesAreNamedAfterKeys(key: String, name: String) {
        #expect(Configuration.settings.first { $0.key == key }?.environmentName == name)
    }
}
