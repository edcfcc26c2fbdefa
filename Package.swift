// swift-tools-version: 6.2
import PackageDescription

// The module map. A target may import what its `dependencies` name and nothing else;
// `tools/test` builds with the import check set to error. Docs/architecture.md draws it.

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .strictMemorySafety(),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ module: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: module + "Tests",
        dependencies: [.byName(name: module), "TestSupport"] + dependencies,
        swiftSettings: settings)
}

let systemLibraries: [Target] = [
    .systemLibrary(name: "CLevelDB", providers: [.apt(["libleveldb-dev"])]),
    .systemLibrary(name: "CBlake2", pkgConfig: "libb2", providers: [.apt(["libb2-dev"])]),
    .systemLibrary(
        name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
        name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCRC32C"),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
]

let pureModules: [Target] = [
    module("Buffers"),
    module("JSON", ["Buffers"]),
    module("Multiformats", ["Buffers"]),
    module("IPLD", ["Buffers", "JSON", "Multiformats"]),
    module("UnixFS", ["Buffers", "Multiformats", "IPLD"]),
    module("HTTP", ["Buffers"]),
]

let supportModules: [Target] = [
    module("Execution", ["CMalloc", "Buffers"]),
    module("Telemetry", ["Buffers", "JSON", "Execution"]),
    module("HTTPServer", ["CMicroHTTPD", "Buffers", "HTTP", "Execution", "Telemetry"]),
    module("HTTPClient", ["CCurl", "Buffers", "HTTP", "Execution", "Telemetry"]),
]

let workModules: [Target] = [
    module("Vault", ["COpenSSL", "CBlake2", "CCRC32C", "Buffers", "Multiformats"]),
    module(
        "BlockStore",
        ["CLevelDB", "Buffers", "Multiformats", "IPLD", "Vault", "Execution", "Telemetry"]),
    module(
        "Content",
        [
            "Buffers", "Multiformats", "IPLD", "UnixFS", "Vault", "BlockStore", "Execution",
            "Telemetry",
        ]),
]

let surfaces: [Target] = [
    module(
        "Gateway",
        [
            "Buffers", "Multiformats", "IPLD", "UnixFS", "HTTP", "HTTPServer", "Content",
            "Execution",
            "Telemetry",
        ]),
    module(
        "KuboRPC",
        [
            "CZlib", "Buffers", "JSON", "Multiformats", "IPLD", "UnixFS", "HTTP", "HTTPServer",
            "Vault", "BlockStore", "Content", "Execution", "Telemetry",
        ]),
    module(
        "Node",
        [
            "Buffers", "JSON", "Multiformats", "UnixFS", "HTTP", "HTTPServer", "HTTPClient",
            "Vault", "BlockStore", "Content", "Gateway", "KuboRPC", "Execution", "Telemetry",
        ]),
    .executableTarget(
        name: "holdfast",
        dependencies: [
            "Buffers", "JSON", "Multiformats", "IPLD", "UnixFS", "HTTP", "HTTPClient", "KuboRPC",
            "Node", "Execution", "Telemetry",
        ],
        swiftSettings: settings),
]

let testTargets: [Target] = [
    .target(
        name: "TestSupport",
        dependencies: [
            "Buffers", "Multiformats", "HTTP", "HTTPClient", "Vault", "Execution", "BlockStore",
        ],
        swiftSettings: settings),
    tests("Buffers"),
    tests("JSON", ["Buffers"]),
    tests("Multiformats", ["Buffers"]),
    tests("IPLD", ["Buffers", "Multiformats"]),
    tests("UnixFS", ["Buffers", "Multiformats", "IPLD", "Vault"]),
    tests("HTTP", ["Buffers", "Execution"]),
    tests("Execution", ["Buffers"]),
    tests("Telemetry", ["Buffers", "Execution"]),
    tests("Vault", ["Buffers", "Multiformats"]),
    tests(
        "BlockStore",
        [
            "Buffers", "Multiformats", "IPLD", "Vault", "Execution", "Telemetry", "crash-child",
        ]),
    tests("HTTPServer", ["Buffers", "HTTP", "Execution", "Telemetry"]),
    tests("HTTPClient", ["Buffers", "HTTP", "HTTPServer", "Execution", "Telemetry"]),
    tests(
        "Content",
        [
            "Buffers", "Multiformats", "IPLD", "UnixFS", "Vault", "BlockStore", "Execution",
            "Telemetry",
        ]),
    tests(
        "Gateway",
        [
            "Buffers", "Multiformats", "IPLD", "UnixFS", "HTTP", "HTTPServer", "HTTPClient",
            "Vault",
            "BlockStore", "Content", "Execution", "Telemetry",
        ]),
    tests(
        "KuboRPC",
        [
            "Buffers", "JSON", "Multiformats", "IPLD", "UnixFS", "HTTP", "HTTPServer",
            "HTTPClient", "Vault", "BlockStore", "Content", "Execution", "Telemetry",
        ]),
    tests(
        "Node",
        [
            "Buffers", "JSON", "Multiformats", "UnixFS", "HTTP", "HTTPServer", "HTTPClient",
            "BlockStore", "Execution", "Telemetry",
        ]),
    tests(
        "holdfast",
        [
            "Buffers", "JSON", "Multiformats", "UnixFS", "HTTP", "HTTPClient", "KuboRPC", "Node",
            "Execution", "Telemetry",
        ]),
    .testTarget(
        name: "AccountingTests",
        dependencies: [
            "TestSupport", "Buffers", "Multiformats", "IPLD", "UnixFS", "HTTP", "HTTPServer",
            "BlockStore", "Content", "Gateway", "KuboRPC", "Execution",
        ],
        swiftSettings: settings),
    .testTarget(
        name: "FuzzReplayTests",
        dependencies: ["fuzz", "TestSupport", "Buffers", "Execution"], swiftSettings: settings),
    .testTarget(
        name: "HostileTests",
        dependencies: [
            "fuzz", "TestSupport", "Buffers", "Multiformats", "HTTP", "HTTPClient", "Execution",
        ],
        swiftSettings: settings),
    .testTarget(
        name: "TidyTests", dependencies: ["TestSupport", "Buffers", "Execution", "holdfast"],
        swiftSettings: settings),
]

// Here and not in a package of their own, because `package` access does not reach further.
let tools: [Target] = [
    .executableTarget(
        name: "bench-micro",
        dependencies: [
            "Buffers", "JSON", "Multiformats", "IPLD", "UnixFS", "Vault", "Execution", "Telemetry",
        ],
        path: "tools/benchmarks/micro", swiftSettings: settings),
    .executableTarget(
        name: "bench-store",
        dependencies: ["BlockStore", "Buffers", "Multiformats", "Execution"],
        path: "tools/benchmarks/store", swiftSettings: settings),
    .executableTarget(
        name: "bench-content",
        dependencies: [
            "BlockStore", "Buffers", "Content", "Multiformats", "UnixFS", "Execution",
        ],
        path: "tools/benchmarks/content", swiftSettings: settings),
    .executableTarget(
        name: "crash-child",
        dependencies: [
            "BlockStore", "Buffers", "Multiformats", "Vault", "Execution", "TestSupport",
        ],
        path: "Tests/CrashChild", swiftSettings: settings),
    .executableTarget(
        name: "fuzz",
        dependencies: [
            "Buffers", "JSON", "Multiformats", "IPLD", "UnixFS", "HTTP", "HTTPServer", "Vault",
            "BlockStore", "Content", "Gateway", "KuboRPC", "Node", "Execution", "TestSupport",
        ],
        path: "tools/fuzz/Sources", swiftSettings: settings),
]

let package = Package(
    name: "holdfast",
    products: [.executable(name: "holdfast", targets: ["holdfast"])],
    targets: systemLibraries + pureModules + supportModules + workModules + surfaces + testTargets
        + tools
)
