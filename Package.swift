// swift-tools-version: 6.2
import PackageDescription

// Every room of the house keeps to the same rules; the table of what may import what is
// `docs/ARCHITECTURE.md`, and the build checks it with --explicit-target-dependency-import-check.
let rules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// A warning in our code is an error with the compilers that this was written with; another one, which may warn of more, still
// builds it.
#if compiler(>=6.3) && compiler(<6.4)
    let houseRules = rules + [.treatAllWarnings(as: .error)]
#else
    let houseRules = rules
#endif

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLSEvents: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A room: one library target under `Sources`, named like its folder.
func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: houseRules)
}

/// The tests of a room, under `Tests`.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name)] + dependencies,
        swiftSettings: houseRules)
}

let package = Package(
    name: "cpmcheck",
    products: [
        .executable(name: "cpmcheck", targets: ["cpmcheck"]),
        // The rooms the nested package Benchmarks measures; nothing outside this repository depends on them.
        .library(
            name: "MeasuredRooms",
            targets: [
                "Diagnostics", "Connections", "XML", "SIP", "MSRP", "Payloads", "Recordings", "TestCases", "Facts",
                "Judging", "Actors", "EnablerReference",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CCurlShim", dependencies: ["CLibCurl"]),
        .target(name: "CXMLShim", dependencies: ["CLibXML2"]),

        room("Diagnostics", []),
        room("Connections", ["Diagnostics", nio, nioPosix, nioTLS, nioTLSEvents, crypto]),
        room("XML", ["Diagnostics", "CXMLShim"]),
        room("HTTP", ["Diagnostics", "Connections", "CCurlShim", nio, nioEmbedded, nioHTTP]),
        room("SIP", ["Diagnostics", "Connections", nio, nioPosix, nioTLS, crypto]),
        room("MSRP", ["Diagnostics", "Connections", nio, nioPosix, nioTLS]),
        room("Payloads", ["Diagnostics", "XML"]),
        room("Recordings", ["Diagnostics", crypto]),
        room("UpperTester", ["Diagnostics", "HTTP", "Payloads", "Recordings"]),
        room("TestCases", ["Diagnostics", "Recordings", yams]),
        room("Facts", ["Diagnostics", "Recordings", "TestCases", "SIP", "MSRP", "Payloads", "HTTP", "UpperTester"]),
        room("Hygiene", ["Diagnostics", "Recordings", "SIP", "MSRP", "Payloads", "XML", nio]),
        room("Actors", ["Diagnostics", "Connections", "SIP", "MSRP", "Payloads", "Recordings", nio, nioPosix, nioTLS]),
        room("Judging", ["Diagnostics", "Recordings", "TestCases", "Facts", "Hygiene"]),
        room("Playing", [
            "Diagnostics", "Connections", "MSRP", "Payloads", "Recordings", "TestCases", "Facts", "Actors", "HTTP", "UpperTester",
            nio, nioPosix, nioTLS,
        ]),
        room("Reporting", ["Diagnostics", "Recordings", "TestCases", "Facts", "Judging"]),
        room("EnablerReference", ["Diagnostics", "Connections", "SIP", "MSRP", "Payloads", nio, nioPosix, nioTLS, grdb]),
        room("ClientReference", ["Diagnostics", "Connections", "SIP", "MSRP", "Payloads", "UpperTester", nio, grdb]),
        room("Proving", [
            "Diagnostics", "Connections", "Recordings", "TestCases", "Facts", "Judging", "Actors", "Playing", "Reporting",
            "EnablerReference", "ClientReference", "HTTP", "UpperTester", nio,
        ]),
        room("CommandLine", [
            "Diagnostics", "Connections", "Recordings", "TestCases", "Facts", "Hygiene", "Judging", "Actors", "Playing",
            "Reporting", "EnablerReference", "ClientReference", "Proving", "HTTP", "UpperTester", "SIP", nio, nioPosix, nioTLS,
            arguments,
        ]),
        .executableTarget(name: "cpmcheck", dependencies: ["CommandLine", arguments], swiftSettings: houseRules),

        // What the tests of several rooms use.
        .target(
            name: "TestSupport", dependencies: ["Connections", "Recordings", yams], path: "Tests/TestSupport",
            swiftSettings: houseRules),

        tests(of: "Diagnostics"),
        tests(of: "Connections", ["TestSupport", nio, nioPosix, nioTLS]),
        tests(of: "XML"),
        tests(of: "HTTP", ["Connections", "TestSupport", nio, nioPosix]),
        tests(of: "SIP", ["Connections", "TestSupport", nio, nioPosix, nioEmbedded]),
        tests(of: "MSRP", ["Connections", "TestSupport", nio, nioPosix, nioEmbedded]),
        tests(of: "Payloads", ["XML"]),
        tests(of: "Recordings"),
        tests(of: "UpperTester", ["Connections", "Diagnostics", "HTTP", "Recordings", "TestSupport", nio, nioPosix]),
        tests(of: "TestCases", ["Diagnostics", "Recordings"]),
        tests(of: "Facts", ["Recordings", "TestCases"]),
        tests(of: "Hygiene", ["Diagnostics", "Recordings"]),
        tests(of: "Judging", ["Facts", "Hygiene", "Recordings", "TestCases"]),
        tests(of: "Actors", ["Connections", "TestSupport", "SIP", "MSRP", "Payloads", "Recordings", nio, nioPosix]),
        tests(of: "Playing", ["Actors", "Connections", "Facts", "MSRP", "Payloads", "Recordings", "SIP", "TestCases", nio, nioPosix]),
        tests(of: "Reporting", ["TestSupport", "Judging", "Facts", "Recordings", "TestCases"]),
        tests(of: "Proving", ["Diagnostics", "EnablerReference", "Judging", "Playing", "Recordings", "TestCases", nioPosix]),
        tests(of: "EnablerReference", ["Connections", "TestSupport", "SIP", "MSRP", "Payloads", nio, nioPosix, nioEmbedded, grdb]),
        tests(of: "ClientReference", [
            "Actors", "Connections", "Diagnostics", "EnablerReference", "HTTP", "TestSupport", "SIP", "MSRP", "Payloads",
            "UpperTester", nio, nioPosix,
        ]),
        tests(of: "CommandLine", [
            "TestSupport", "Diagnostics", "Connections", "Recordings", "TestCases", "Facts", "Judging", "Playing", "Reporting",
            "EnablerReference", "ClientReference", "Proving", "SIP", "HTTP", "UpperTester", nio, nioPosix,
        ]),
    ]
)
