// swift-tools-version: 6.2
import PackageDescription

// The measurements of `make bench`, apart from the main package so that its build never sees them.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "cpmcheck", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "bench",
            dependencies: [
                .product(name: "MeasuredRooms", package: "cpmcheck"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ])
    ]
)
