/// The elements whose role matters to the text; every other one is `other`, an inline element.
enum HTMLTag: UInt8, CaseIterable {
    case other, a, abbr, b, big, bdi, bdo, cite, code, del, em, font, i, ins, kbd, label, mark, s, samp, small, span
    case strike, strong, sub, sup, tt, u, `var`, object, center, noscript
    case div, section, article, aside, header, footer, main, nav, address, form, fieldset, legend, figure, figcaption
    case details, summary, dl, dt, dd, option, optgroup, select, caption, thead, tbody, tfoot, colgroup, html, body
    case head, dir, menu, ul, ol, li, p, h1, h2, h3, h4, h5, h6, blockquote, pre, listing, xmp, plaintext, hr, br, wbr
    case table, tr, td, th, img, input, meta, link, base, area, col, embed, param, source, track, button, textarea, q
    case style, script, title, iframe, noembed, xml, template, datalist, rp, svg
}

/// What an element does to the text around it.
enum HTMLRole: UInt8 {
    /// Nothing: the words on both sides of its tags are one.
    case inline
    /// A space on both sides.
    case spaced
    /// A line of its own.
    case block
    /// Lines of its own, with an empty one before and after.
    case paragraph
    case heading
    case list
    case item
    case quote
    case preformatted
    case table
    case row
    case cell
    case lineBreak
    case rule
    case image
    /// An element without content and without a trace.
    case void
    case quotation
    /// Content that is not markup and is never shown.
    case raw
    case title
    /// Content that is markup and is never shown.
    case unseen
}

extension HTMLTag {
    static let count = HTMLTag.allCases.count

    var role: HTMLRole {
        switch self {
        case .other, .a, .abbr, .b, .big, .bdi, .bdo, .cite, .code, .del, .em, .font, .i, .ins, .kbd, .label, .mark,
            .s, .samp, .small, .span, .rp, .strike, .strong, .sub, .sup, .tt, .u, .var, .object, .noscript, .svg:
            .inline
        case .button, .select, .textarea: .spaced
        case .center, .div, .section, .article, .aside, .header, .footer, .main, .nav, .address, .form, .fieldset,
            .legend, .figure, .figcaption, .details, .summary, .dt, .dd, .option, .optgroup, .caption, .html, .body,
            .head:
            .block
        case .dl, .p: .paragraph
        case .h1, .h2, .h3, .h4, .h5, .h6: .heading
        case .ul, .ol, .dir, .menu: .list
        case .li: .item
        case .blockquote: .quote
        case .pre, .listing, .xmp, .plaintext: .preformatted
        case .table: .table
        case .tr, .thead, .tbody, .tfoot: .row
        case .td, .th: .cell
        case .br: .lineBreak
        case .hr: .rule
        case .img: .image
        case .wbr, .input, .meta, .link, .base, .area, .col, .embed, .param, .source, .track, .colgroup: .void
        case .q: .quotation
        case .style, .script, .iframe, .noembed, .xml: .raw
        case .title: .title
        case .template, .datalist: .unseen
        }
    }
}

/// Tag names to tags, by a small open hash over the first eight bytes of a name.
struct HTMLTagTable: Sendable {
    private struct Slot {
        var key: UInt64 = 0
        var length = 0
        var tag = HTMLTag.other
        var role = HTMLRole.inline
    }

    static let shared = HTMLTagTable()
    private static let slotCount = 512

    private var slots: [Slot]

    private init() {
        slots = Array(repeating: Slot(), count: Self.slotCount)
        for tag in HTMLTag.allCases where tag != .other {
            var key: UInt64 = 0
            var length = 0
            for byte in String(describing: tag).utf8 {
                if length < 8 { key = key << 8 | UInt64(byte) }
                length += 1
            }
            var index = Self.slot(of: key)
            while slots[index].length != 0 { index = (index + 1) & (Self.slotCount - 1) }
            slots[index] = Slot(key: key, length: length, tag: tag, role: tag.role)
        }
    }

    private static func slot(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 55)
    }

    /// The tag whose first eight bytes, in lower case, are `key` and whose name has `length` bytes.
    func find(key: UInt64, length: Int) -> (tag: HTMLTag, role: HTMLRole) {
        slots.withUnsafeBufferPointer { slots in
            var index = Self.slot(of: key)
            while slots[index].length != 0 {
                if slots[index].key == key, slots[index].length == length {
                    return (slots[index].tag, slots[index].role)
                }
                index = (index + 1) & (Self.slotCount - 1)
            }
            return (.other, .inline)
        }
    }
}
