import Foundation

/// A random generator whose whole sequence follows from a printed seed (SplitMix64).
public struct SeededRandom: RandomNumberGenerator, Sendable {
    public let seed: UInt64
    private var state: UInt64

    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// A generator for the test `name`: seeded by the variable `TRAWL_TEST_SEED` if set, else by chance. Prints its seed.
    public static func announced(_ name: String) -> SeededRandom {
        let fromEnvironment = ProcessInfo.processInfo.environment["TRAWL_TEST_SEED"].flatMap(UInt64.init)
        let seed = fromEnvironment ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(name): TRAWL_TEST_SEED=\(seed)")
        return SeededRandom(seed: seed)
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True in about `percent` of 100 calls.
    public mutating func chance(percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }
}
