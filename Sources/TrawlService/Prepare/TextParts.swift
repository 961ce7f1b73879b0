import IMAPCore
import MIME
import NIOCore

/// Which parts of a large message hold text, by its BODYSTRUCTURE, and how a message is put together from them.
///
/// BINARY (RFC 3516) would spare a quarter of what is in base64, but Dovecot 2.3 ends the connection where it is asked for
/// base64 that lacks its padding at the end, as spam's often does: each sync would break off at the same message.
struct TextParts: Sendable {
    /// Octets of one text part that are fetched: what the parser keeps, as base64.
    static let longestText = 6 << 20
    /// Octets, as transferred, of an attachment that is fetched for its text.
    static let largestAttachment = 16 << 20
    /// Parts of one message that are fetched.
    static let mostParts = 200
    /// Octets of one message that are fetched, in all of its parts.
    static let mostOctets = 32 << 20

    /// Octets of plain text from which on it is likely to say what the HTML beside it says (see
    /// ``MIME/Message/needsAlternative``): fewer never are enough.
    static let leastPlain = 400
    /// Header fields that tell of a message's way and of nothing that is searched or shown: a third of a header.
    static let traceFields = [
        "RECEIVED", "DKIM-SIGNATURE", "X-RECEIVED", "X-GOOGLE-DKIM-SIGNATURE", "AUTHENTICATION-RESULTS", "ARC-SEAL",
        "ARC-MESSAGE-SIGNATURE", "ARC-AUTHENTICATION-RESULTS",
    ]

    /// What to fetch, the header first: equal for messages built alike, so that one command serves many.
    let items: [FetchItem]
    /// HTML whose plain alternative is among `items`: to be fetched where that turns out to say little.
    let alternatives: [FetchItem]
    /// Octets that the server will send for `items`, nearly.
    let octets: Int
    /// Of these, octets of attachments.
    let attachmentOctets: Int
    let structure: BodyStructure

    /// - Parameters:
    ///   - wantsTrace: whether Received is wanted too, as where the server tells no INTERNALDATE.
    ///   - wantsAttachment: whether the text of an attachment of this media type and name can be had.
    init(
        _ structure: BodyStructure, wantsTrace: Bool = false,
        wantsAttachment: (_ mediaType: String, _ name: String?) -> Bool
    ) {
        self.structure = structure
        var items: [FetchItem] = [.body(wantsTrace ? .header : BodySection(.headerFieldsNot(Self.traceFields)))]
        var alternatives: [FetchItem] = []
        let deferred = Self.deferred(structure)
        var octets = 4_096
        var attachmentOctets = 0
        for part in structure.allParts where items.count + alternatives.count <= Self.mostParts {
            if part.isMultipart { continue }
            if part.isMessage {
                guard !part.partNumber.isEmpty else { continue }
                items.append(.body(BodySection(part: part.partNumber, .header)))
                octets += 4_096
                continue
            }
            let section = BodySection(part: Self.number(of: part))
            let left = Self.mostOctets - octets
            if part.type == "text", left > 0 {
                let limit = min(Self.longestText, left)
                let item = FetchItem.body(section, range: part.size > limit ? 0..<limit : nil)
                if deferred.contains(part.partNumber) {
                    alternatives.append(item)
                } else {
                    items.append(item)
                    octets += min(part.size, limit)
                }
            } else if part.size <= min(Self.largestAttachment, left), wantsAttachment(part.mediaType, part.fileName) {
                items.append(.body(section))
                octets += part.size
                attachmentOctets += part.size
            }
        }
        self.attachmentOctets = attachmentOctets
        self.items = items
        self.alternatives = alternatives
        self.octets = octets
    }

    /// The message from the sections that came. What is missing is left out of the text.
    func message(from response: FetchResponse, parser: MessageParser) -> Message {
        let header = Self.header(in: response).map { Array($0.readableBytesView) } ?? []
        return parser.assemble(header: header, outline: outline(structure, response))
    }

    /// The message's header, or what was asked for of it.
    static func header(in response: FetchResponse) -> ByteBuffer? {
        for fetched in response.sections where fetched.section.part.isEmpty {
            switch fetched.section.specifier {
            case .header, .headerFieldsNot: return fetched.content.bytes
            case .content, .headerFields, .mime, .text: continue
            }
        }
        return nil
    }

    /// Numbers of HTML parts that stand behind plain text in a multipart/alternative, alone or with their pictures.
    private static func deferred(_ structure: BodyStructure) -> Set<String> {
        var numbers: Set<String> = []
        for part in structure.allParts where part.isMultipart && part.subtype == "alternative" {
            guard let plain = part.parts.first, plain.isText("plain"), plain.size >= leastPlain else { continue }
            for branch in part.parts.dropFirst() {
                let isRelated = branch.isMultipart && branch.subtype == "related" && branch.parameter("start") == nil
                let text = isRelated ? branch.parts.first : branch
                if let text, text.isText("html") { numbers.insert(text.partNumber) }
            }
        }
        return numbers
    }

    /// The leaf with this number.
    func part(_ partID: String) -> BodyStructure? {
        structure.allParts.first { !$0.isMultipart && Self.number(of: $0) == partID }
    }

    /// What came of a part, still encoded.
    func bytes(of part: BodyStructure, in response: FetchResponse) -> ByteBuffer? {
        response.bytes(of: BodySection(part: Self.number(of: part)))
    }

    private static func number(of part: BodyStructure) -> String { part.partNumber.isEmpty ? "1" : part.partNumber }

    private func outline(_ part: BodyStructure, _ response: FetchResponse) -> PartOutline {
        var made = PartOutline(
            mediaType: part.mediaType, parameters: part.parameters.map { ($0.name, $0.value) },
            disposition: part.disposition,
            dispositionParameters: part.dispositionParameters.map { ($0.name, $0.value) },
            transferEncoding: part.encoding, contentID: part.id, size: part.size,
            children: part.parts.map { outline($0, response) })
        if part.isMessage {
            let section = BodySection(part: part.partNumber, .header)
            made.nestedHeader = response.bytes(of: section).map { Array($0.readableBytesView) }
        } else if !part.isMultipart {
            made.body = bytes(of: part, in: response).map { Array($0.readableBytesView) }
        }
        return made
    }
}

extension BodyStructure {
    /// Whether it is a text of this kind that is sent as a text and not as a file.
    fileprivate func isText(_ subtype: String) -> Bool {
        type == "text" && self.subtype == subtype && disposition != "attachment" && fileName == nil
    }

    /// The name that decides about the format of an attachment whose type says nothing.
    var fileName: String? { dispositionParameter("filename") ?? parameter("name") }
}
