// swift-tools-version: 6.2
import PackageDescription

// A package of its own: libFuzzer's targets have no `main`, and are built instrumented. See README.md.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-parse-as-library"]),
]

let package = Package(
    name: "trawl-fuzz",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "fuzz-html", targets: ["FuzzHTML"]),
        .executable(name: "fuzz-attachment", targets: ["FuzzAttachment"]),
        .executable(name: "fuzz-message", targets: ["FuzzMessage"]),
        .executable(name: "fuzz-rpc", targets: ["FuzzRPC"]),
    ],
    dependencies: [
        .package(name: "trawl", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "FuzzHTML", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(
            name: "FuzzAttachment", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(
            name: "FuzzMessage", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(
            name: "FuzzRPC",
            dependencies: [
                .product(name: "TrawlService", package: "trawl"), .product(name: "NIOCore", package: "swift-nio"),
            ], swiftSettings: settings),
    ]
)
