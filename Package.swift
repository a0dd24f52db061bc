// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: Swift 6 language mode comes with the tools version.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Settings of the targets whose loops run over every cell or byte: optimised in debug builds too, so that tests take seconds.
let numeric: [SwiftSetting] =
    common + [
        .unsafeFlags(["-O"], .when(configuration: .debug)),
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], numeric isNumeric: Bool = false) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: isNumeric ? numeric : common)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies, resources: resources,
        swiftSettings: common)
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "martlet",
    products: [
        .executable(name: "martlet", targets: ["martlet"]),
        .executable(name: "martlet-predict", targets: ["martlet-predict"]),
        .library(name: "Martlet", targets: ["Tabular", "Search", "Learners", "AutoML"]),
    ],
    targets: [
        // C libraries, each touched by one Swift target only.
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        system("CExpat", pkgConfig: "expat", apt: "libexpat1-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CNetwork", pkgConfig: "openssl", apt: "libssl-dev"),
        system("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
        system("CLZ4", pkgConfig: "liblz4", apt: "liblz4-dev"),
        system("CLibrdkafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        system("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),

        // The C library's own allocator, without a package.
        .systemLibrary(name: "CAllocator"),

        // Tables in, trained models out.
        library("Tabular", ["CZlib", "CZstd", "CExpat"], numeric: true),
        library("Search", numeric: true),
        library("Learners", ["Tabular", "Search"], numeric: true),
        library("AutoML", ["Tabular", "Search", "Learners"], numeric: true),

        // Foundations that know nothing of Martlet.
        library("StandardIO"),
        library("Telemetry", ["CAllocator"]),
        library("YAML", ["CYAML"]),
        library("CommandLine", ["YAML"]),
        library("SQLite", ["CSQLite"], numeric: true),
        library("Network", ["CNetwork"], numeric: true),
        library("HTTP", ["Network"], numeric: true),
        library("CQL", ["CISAL", "CLZ4", "Network"], numeric: true),
        library("Redis", ["Network"], numeric: true),
        library("Kafka", ["CLibrdkafka"]),

        // The example tables, in the binary itself; `.incbin` finds them through the assembler's search path.
        .target(name: "CExampleTables", cSettings: [.headerSearchPath(".")]),
        library("Examples", ["CExampleTables"]),

        // The system.
        library(
            "Platform", ["Telemetry", "Tabular", "Search", "Learners", "AutoML", "Examples"], numeric: true),
        library(
            "Drivers", ["Telemetry", "Platform", "AutoML", "SQLite", "Network", "CQL", "Kafka", "Redis"], numeric: true),
        library("Server", ["Telemetry", "HTTP", "Platform", "AutoML", "Tabular", "Learners", "Search"]),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "StandardIO", "CommandLine", "Telemetry", "Server", "Drivers", "Platform", "AutoML", "Learners",
                "Search", "Tabular", "HTTP", "Network", "Examples",
            ],
            swiftSettings: common),

        // What `martlet export --portable` puts beside a model: one file that needs nothing else on the machine.
        .target(name: "CStandalone"),
        .executableTarget(
            name: "martlet-predict",
            dependencies: ["StandardIO", "AutoML", "Learners", "Search", "Tabular", "CStandalone"],
            swiftSettings: common,
            linkerSettings: [
                .unsafeFlags(["-static-executable"]), .unsafeFlags(["-Xlinker", "-s"], .when(configuration: .release)),
                .linkedLibrary("CoreFoundation"), .linkedLibrary("_FoundationICU"),
                .linkedLibrary("_FoundationCollections"), .linkedLibrary("_FoundationCShims"), .linkedLibrary("stdc++"),
            ]),

        // What looks for crashes: scripts/fuzz.sh builds it with AddressSanitizer.
        .target(name: "CCoverage"),
        .executableTarget(
            name: "martlet-fuzz",
            dependencies: [
                "CCoverage", "Server", "Drivers", "Platform", "AutoML", "Learners", "Search", "Tabular", "HTTP",
            ],
            swiftSettings: common),

        .executableTarget(
            name: "martlet-bench",
            dependencies: [
                "AutoML", "CQL", "Drivers", "Kafka", "Learners", "Network", "Platform", "Redis", "Search", "Tabular",
            ],
            swiftSettings: common),

        tests("Tabular", resources: [.copy("Resources")]),
        tests("Search"),
        tests("Learners", ["Tabular", "Search"]),
        tests("AutoML", ["Learners", "Tabular", "Search"], resources: [.copy("Resources")]),
        tests("StandardIO"),
        tests("Telemetry"),
        tests("YAML"),
        tests("CommandLine"),
        tests("Examples"),
        .target(name: "HTTPTestClient", path: "Tests/Support/HTTPTestClient", swiftSettings: common),
        tests("HTTP", ["Network", "HTTPTestClient", "TestCertificates"]),
        tests("SQLite"),
        .target(name: "TestCertificates", path: "Tests/Support/TestCertificates", swiftSettings: common),
        tests("Network", ["CNetwork", "TestCertificates"]),
        .testTarget(
            name: "CQLTests", dependencies: ["CQL", "Network"], exclude: ["Live/interoperability.py"],
            swiftSettings: common),
        tests("Redis", ["Network", "TestCertificates"]),
        tests("Kafka"),
        tests("Platform", ["Telemetry", "AutoML", "Learners", "Tabular", "Search"]),
        tests(
            "Drivers",
            ["Telemetry", "Platform", "SQLite", "CQL", "Kafka", "Network", "AutoML", "Learners", "Tabular", "Search"]),
        tests(
            "Server",
            [
                "HTTPTestClient", "Telemetry", "Examples", "HTTP", "Drivers", "Platform", "AutoML", "Learners",
                "Tabular", "Search",
            ]),
        .testTarget(
            name: "ClusterTests", dependencies: ["martlet", "HTTPTestClient", "Kafka"], swiftSettings: common),
        .testTarget(
            name: "MartletTests", dependencies: ["martlet", "HTTPTestClient", "TestCertificates"],
            exclude: ["OldFolders"], swiftSettings: common),
    ]
)
