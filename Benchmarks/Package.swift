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
        .executable(name: "mime-bench", targets: ["MIMEBench"]),
        .executable(name: "html-bench", targets: ["HTMLBench"]),
        .executable(name: "tokenizer-bench", targets: ["TokenizerBench"]),
    ],
    dependencies: [
        .package(name: "trawl", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "HTMLBench", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(
            name: "MIMEBench", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(
            name: "TokenizerBench", dependencies: [.product(name: "MailIndex", package: "trawl")],
            swiftSettings: settings),
    ]
)
