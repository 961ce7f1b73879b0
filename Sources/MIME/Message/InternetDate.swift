/// A moment as a header field tells it.
public struct InternetDate: Hashable, Sendable {
    public var secondsSince1970: Int64
    /// The zone the sender wrote, in minutes east of Greenwich; nil where the field told none, or `-0000`.
    public var zoneOffsetMinutes: Int?

    public init(secondsSince1970: Int64, zoneOffsetMinutes: Int?) {
        self.secondsSince1970 = secondsSince1970
        self.zoneOffsetMinutes = zoneOffsetMinutes
    }
}
