// swift-tools-version: 6.2
import PackageDescription

// Every target is held to the same two rules: Swift 6 language mode, and no warnings.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

// The program that answers searches is whole in one file where that can be: to load shared libraries takes as long as
// most searches. scripts/lib/build.sh says how it is linked, one argument a line, where it finds the libraries' archives.
let frontArguments = (Context.environment["TRAWL_FRONT_LINKING"] ?? "").split(separator: "\n").map(String.init)
let frontLinking: [LinkerSetting] =
    frontArguments.isEmpty
    ? [] : [.unsafeFlags(frontArguments, .when(platforms: [.linux], configuration: .release))]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "trawl",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "trawl", targets: ["trawl"]),
        .executable(name: "trawl-commands", targets: ["TrawlCommands"]),
        .library(name: "MIME", targets: ["MIME"]),
        .library(name: "IMAPCore", targets: ["IMAPCore"]),
        .library(name: "IMAPClient", targets: ["IMAPClient"]),
        .library(name: "MailSearch", targets: ["MailSearch"]),
        .library(name: "MailIndex", targets: ["MailIndex"]),
        .library(name: "TrawlService", targets: ["TrawlService"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CResolv"),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),

        // Protocol and text: bytes in, values out.
        .target(name: "MIME", dependencies: ["CZlib"], swiftSettings: settings),
        .target(name: "IMAPCore", dependencies: [nioCore], swiftSettings: settings),
        .target(name: "TLS", dependencies: ["COpenSSL", nioCore], swiftSettings: settings),

        // Network.
        .target(
            name: "IMAPClient",
            dependencies: ["IMAPCore", "TLS", "CZlib", nioCore, nioPosix, logging],
            swiftSettings: settings),

        // Index.
        .target(
            name: "IndexSchema", path: "schema", exclude: ["openrpc.json"], resources: [.embedInCode("migrations")],
            swiftSettings: settings),
        .target(
            name: "MailSearch", dependencies: ["IndexSchema", "MIME", "CMalloc", "CSQLite", "CZlib", "CZstd"],
            swiftSettings: settings),
        .target(
            name: "MailIndex", dependencies: ["MailSearch", "IndexSchema", "MIME", grdb], swiftSettings: settings),

        // How results are shown, and the answers that need no more than the index.
        .target(name: "Presentation", dependencies: ["MailSearch", "MIME", "CMalloc"], swiftSettings: settings),

        // What joins them, and its face.
        .target(
            name: "TrawlService",
            dependencies: [
                "IMAPClient", "IMAPCore", "MIME", "MailSearch", "MailIndex", "Presentation", "CMalloc", "CResolv",
                nioCore, nioPosix, logging, lifecycle, toml,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "TrawlCommands",
            dependencies: [
                "TrawlService", "Presentation", "MailSearch", "MailIndex", "MIME", arguments, logging, lifecycle,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "trawl", dependencies: ["Presentation"], swiftSettings: settings, linkerSettings: frontLinking),

        // Tests.
        .target(
            name: "TestSupport", dependencies: [nioCore, nioPosix], path: "Tests/TestSupport",
            swiftSettings: settings),
        .testTarget(name: "MIMETests", dependencies: ["MIME", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "IMAPCoreTests", dependencies: ["IMAPCore", "TestSupport", nioCore], swiftSettings: settings),
        .testTarget(
            name: "TLSTests", dependencies: ["TLS", "COpenSSL", "TestSupport", nioCore, nioEmbedded],
            swiftSettings: settings),
        .testTarget(
            name: "IMAPClientTests",
            dependencies: ["IMAPClient", "IMAPCore", "TLS", "TestSupport", nioCore, nioPosix, logging],
            swiftSettings: settings),
        .testTarget(name: "IndexSchemaTests", dependencies: ["IndexSchema"], swiftSettings: settings),
        .testTarget(
            name: "MailIndexTests",
            dependencies: ["MailIndex", "MailSearch", "CSQLite", "IndexSchema", "MIME", "TestSupport", grdb],
            swiftSettings: settings),
        .testTarget(
            name: "TrawlServiceTests",
            dependencies: [
                "TrawlService", "IMAPClient", "IMAPCore", "MIME", "MailSearch", "MailIndex", "Presentation",
                "TestSupport", nioCore, nioPosix,
                logging, lifecycle,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TrawlCommandTests",
            dependencies: ["TrawlCommands", "trawl", "Presentation", "MIME", "MailSearch", "MailIndex", "TestSupport"],
            swiftSettings: settings),
    ]
)
