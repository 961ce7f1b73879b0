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
    ],
    dependencies: [
        .package(name: "trawl", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "FuzzHTML", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(
            name: "FuzzAttachment", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
        .executableTarget(
            name: "FuzzMessage", dependencies: [.product(name: "MIME", package: "trawl")], swiftSettings: settings),
    ]
)
