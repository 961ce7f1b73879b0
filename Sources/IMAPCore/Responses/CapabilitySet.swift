/// What a server says that it can do, in the order in which it said it.
public struct CapabilitySet: Hashable, Sendable {
    public private(set) var all: [Capability]
    private var lookup: Set<Capability>

    public init(_ capabilities: some Sequence<Capability> = []) {
        all = []
        lookup = []
        for capability in capabilities { insert(capability) }
    }

    public mutating func insert(_ capability: Capability) {
        if lookup.insert(capability).inserted { all.append(capability) }
    }

    public var isEmpty: Bool { all.isEmpty }

    public func contains(_ capability: Capability) -> Bool { lookup.contains(capability) }

    /// SASL mechanisms offered as `AUTH=…`, in upper case.
    public var authenticationMechanisms: [String] { values(of: "AUTH") }

    /// What follows `NAME=` in each capability of that name, in upper case.
    public func values(of name: String) -> [String] {
        let prefix = name.asciiUppercase + "="
        return all.compactMap { $0.rawValue.hasPrefix(prefix) ? String($0.rawValue.dropFirst(prefix.count)) : nil }
    }

    /// CONDSTORE, which QRESYNC implies (RFC 7162).
    public var supportsCondStore: Bool { contains(.condStore) || contains(.qResync) }

    /// Whether the server offers `capability`, by itself or as a part of IMAP4rev2 (RFC 9051, appendix E).
    public func offers(_ capability: Capability) -> Bool {
        if contains(capability) { return true }
        guard contains(.imap4rev2) else { return false }
        return Self.partsOfRev2.contains(capability)
    }

    private static let partsOfRev2: Set<Capability> = [
        .namespace, .unselect, .uidPlus, .eSearch, .searchRes, .enable, .idle, .saslIR, .listExtended, .listStatus,
        .move, .literalMinus, .statusSize, .specialUse,
    ]
}

extension CapabilitySet: CustomStringConvertible {
    public var description: String { all.map(\.rawValue).joined(separator: " ") }
}

extension CapabilitySet: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Capability...) {
        self.init(elements)
    }
}
