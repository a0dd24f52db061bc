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
        .library(name: "Martlet", targets: ["Tabular", "Search", "Learners", "AutoML"]),
    ],
    targets: [
        // C libraries, each touched by one Swift target only.
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        system("CZip", pkgConfig: "libzip", apt: "libzip-dev"),
        system("CExpat", pkgConfig: "expat", apt: "libexpat1-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),

        // Tables in, trained models out.
        library("Tabular", ["CZlib", "CZstd", "CZip", "CExpat"], numeric: true),
        library("Search", numeric: true),
        library("Learners", ["Tabular", "Search"], numeric: true),
        library("AutoML", ["Tabular", "Search", "Learners"], numeric: true),

        // Foundations that know nothing of Martlet.
        library("CommandLine"),
        library("HTTP", ["CMicroHTTPD"]),
        library("SQLite", ["CSQLite"], numeric: true),

        // The example tables, in the binary itself; `.incbin` finds them through the assembler's search path.
        .target(name: "CExampleTables", cSettings: [.headerSearchPath(".")]),
        library("Examples", ["CExampleTables"]),

        // The system.
        library("Platform", ["Tabular", "Search", "Learners", "AutoML", "Examples"], numeric: true),
        library("Drivers", ["Platform", "SQLite"], numeric: true),
        library("Server", ["HTTP", "Platform", "AutoML", "Tabular", "Learners", "Search"]),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "CommandLine", "Server", "Drivers", "Platform", "AutoML", "Learners", "Search", "Tabular", "HTTP",
                "Examples",
            ],
            swiftSettings: common),

        .executableTarget(
            name: "martlet-bench", dependencies: ["AutoML", "Learners", "Search", "Tabular"], swiftSettings: common),

        tests("Tabular", resources: [.copy("Resources")]),
        tests("Search"),
        tests("Learners", ["Tabular", "Search"]),
        tests("AutoML", ["Learners", "Tabular", "Search"]),
        tests("CommandLine"),
        tests("Examples"),
        .target(name: "HTTPTestClient", path: "Tests/Support/HTTPTestClient", swiftSettings: common),
        tests("HTTP", ["HTTPTestClient"]),
        tests("SQLite"),
        tests("Platform", ["AutoML", "Learners", "Tabular", "Search"]),
        tests("Drivers", ["Platform", "SQLite", "AutoML", "Learners", "Tabular", "Search"]),
        tests(
            "Server",
            ["HTTPTestClient", "Examples", "HTTP", "Drivers", "Platform", "AutoML", "Learners", "Tabular", "Search"]),
        .testTarget(name: "MartletTests", dependencies: ["martlet", "HTTPTestClient"], swiftSettings: common),
    ]
)
