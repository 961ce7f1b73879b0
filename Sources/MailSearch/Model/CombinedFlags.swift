/// A keyword or label, however it is written.
package struct TagKey: Hashable {
    package static let keyword: Int64 = 1
    package static let label: Int64 = 2
    package var kind: Int64
    package var folded: String

    package init(kind: Int64, folded: String) {
        self.kind = kind
        self.folded = folded
    }
}

/// The flags of a message that stands in many places.
package struct CombinedFlags {
    package private(set) var flags: EmailFlags = []
    /// Keywords and labels, with the name as written.
    package private(set) var tags: [TagKey: String] = [:]
    private var isEmpty = true

    package init() {}

    package mutating func add(_ other: FlagSet) {
        let isSeen = (isEmpty || flags.contains(.seen)) && other.flags.contains(.seen)
        isEmpty = false
        flags.formUnion(other.flags)
        if isSeen { flags.insert(.seen) } else { flags.remove(.seen) }
        for keyword in other.keywords {
            tags[TagKey(kind: TagKey.keyword, folded: TextFolding.folded(keyword))] = keyword
        }
        for label in other.labels {
            tags[TagKey(kind: TagKey.label, folded: TextFolding.folded(label))] = label
        }
    }
}
