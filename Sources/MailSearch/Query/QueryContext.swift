#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How large a query may be. Beyond a limit it is refused, not cut.
public struct QueryLimits: Hashable, Sendable {
    /// UTF-8 bytes of the text, each saved query counted by itself.
    public var bytes = 65_536
    /// Words and other conditions, saved queries included.
    public var terms = 2_000
    /// Parentheses and saved queries within each other.
    public var depth = 24

    public init() {}
    public static let `default` = QueryLimits()
}

/// What a query's meaning depends on beside its text.
public struct QueryContext: Sendable {
    /// Seconds since 1970.
    public var now: Int64
    /// The local zone: seconds east of UTC at an instant.
    public var zoneOffset: @Sendable (Int64) -> Int
    /// Queries by name, for `query:name`.
    public var savedQueries: [String: String]
    /// The user's own addresses, for `from:me`; asked for only where a query says so. Empty where none is known.
    public var ownAddresses: @Sendable () throws -> [String]
    public var limits: QueryLimits

    public init(
        now: Int64, zoneOffset: @escaping @Sendable (Int64) -> Int = { _ in 0 }, savedQueries: [String: String] = [:],
        ownAddresses: @escaping @Sendable () throws -> [String] = { [] }, limits: QueryLimits = .default
    ) {
        self.now = now
        self.zoneOffset = zoneOffset
        self.savedQueries = savedQueries
        self.ownAddresses = ownAddresses
        self.limits = limits
    }

    /// The system's clock and time zone.
    public static func local(
        savedQueries: [String: String] = [:], ownAddresses: @escaping @Sendable () throws -> [String] = { [] }
    ) -> QueryContext {
        QueryContext(
            now: Int64(time(nil)),
            zoneOffset: { instant in
                var seconds = time_t(instant)
                var fields = tm()
                return localtime_r(&seconds, &fields) == nil ? 0 : Int(fields.tm_gmtoff)
            }, savedQueries: savedQueries, ownAddresses: ownAddresses)
    }
}
