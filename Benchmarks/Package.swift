// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the root builds light. Build with `-c release`.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "trawl-benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "imap-pull", targets: ["IMAPPull"]),
        .executable(name: "imap-bench", targets: ["IMAPBench"]),
        .executable(name: "mime-bench", targets: ["MIMEBench"]),
        .executable(name: "html-bench", targets: ["HTMLBench"]),
        .executable(name: "tokenizer-bench", targets: ["TokenizerBench"]),
        .executable(name: "index-bench", targets: ["IndexBench"]),
        .executable(name: "rpc-bench", targets: ["RPCBench"]),
    ],
    dependencies: [
        .package(name: "trawl", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // What a client over OpenSSL can reach at best, to measure the real one against.
        .target(name: "CBareTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .executableTarget(
            name: "IMAPPull",
            dependencies: [
                "CBareTLS", .product(name: "IMAPClient", package: "trawl"),
                .product(name: "IMAPCore", package: "trawl"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "HTMLBench", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(
            name: "IMAPBench",
            dependencies: [
                .product(name: "IMAPCore", package: "trawl"), .product(name: "NIOCore", package: "swift-nio"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "IndexBench",
            dependencies: [
                .product(name: "MailIndex", package: "trawl"), .product(name: "MailSearch", package: "trawl"),
                .product(name: "MIME", package: "trawl"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "MIMEBench", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(name: "RPCBench", swiftSettings: settings),
        .executableTarget(
            name: "TokenizerBench", dependencies: [.product(name: "MailSearch", package: "trawl")],
            swiftSettings: settings),
    ]
)
