/// The fields of a message's header as they stand before its text in `document.text`: each ended by NUL, which no column
/// holds (``ColumnText``), in the order of ``Field``. Valid as long as the bytes.
package struct DocumentFields {
    /// Their numbers are part of the schema: `trawl_text` counts them from 2.
    package enum Field: Int, CaseIterable {
        case subject
        /// Addresses: ``AddressColumn``.
        case from, to, cc, bcc, replyTo, sender
        /// List-Id, lower case; empty for none.
        case list
        /// ``AttachmentColumn``.
        case attachments
        /// Without < and >, one a line.
        case messageIDs, inReplyTo, references
    }

    private let bytes: UnsafeRawBufferPointer

    /// Of texts of older schemas: no bytes, and all fields are empty.
    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    package subscript(field: Field) -> UnsafeRawBufferPointer {
        var start = 0
        for _ in 0..<field.rawValue { start += ColumnText.part(bytes, from: start, until: 0).count + 1 }
        return ColumnText.part(bytes, from: start, until: 0)
    }

    /// Calls `body` with all of them, in the order of ``Field``.
    package func withAll<R>(_ body: (UnsafeMutableBufferPointer<UnsafeRawBufferPointer>) throws -> R) rethrows -> R {
        try withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: Field.allCases.count) { parts in
            var start = 0
            for place in parts.indices {
                let part = ColumnText.part(bytes, from: start, until: 0)
                parts.initializeElement(at: place, to: part)
                start += part.count + 1
            }
            return try body(parts)
        }
    }

    package func text(_ field: Field) -> String { String(decoding: self[field], as: UTF8.self) }

    /// All of them as ``encode(_:)`` takes them.
    package var texts: [String] { withAll { $0.map { String(decoding: $0, as: UTF8.self) } } }

    /// One text for each field, in the order of ``Field``.
    package static func encode(_ texts: [String]) -> String {
        var joined = ""
        joined.reserveCapacity(texts.reduce(texts.count) { $0 + $1.utf8.count })
        for text in texts {
            joined += text
            joined += "\0"
        }
        return joined
    }
}
