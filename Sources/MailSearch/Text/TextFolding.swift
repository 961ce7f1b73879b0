/// Folds whole texts for comparison: names, patterns, tags, addresses.
///
/// Letters become what the tokenizer makes of them; what parts words stays as it is, but each apostrophe is `'`.
public enum TextFolding {
    /// `text` in lower case, without accents. Folding twice changes nothing.
    public static func folded(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count)
            fold(bytes, into: &out)
            return String(decoding: out, as: UTF8.self)
        }
    }

    /// Appends the folded form of UTF-8 `bytes` to `out`; a byte that is no UTF-8 becomes `?`.
    public static func fold(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
        guard let base = bytes.baseAddress else { return }
        var index = 0
        var lastRun: (scalar: UInt32, at: Int)?
        while index < bytes.count {
            let byte = base[index]
            if byte < 0x80 {
                out.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
                index += 1
                lastRun = nil
                continue
            }
            let (scalar, length) = UTF8Decoder.scalar(base, index, bytes.count)
            if let run = lastRun, let composed = TextScanner.voiced(run.scalar, scalar) {
                out.removeLast(out.count - run.at)
                append(composed, to: &out)
                lastRun = nil
                index += length
                continue
            }
            lastRun = nil
            let entry = scalar == UTF8Decoder.invalid ? Folding.separator : Folding.entry(scalar)
            switch entry {
            case Folding.ignorable: break
            case Folding.apostrophe: out.append(UInt8(ascii: "'"))
            case Folding.separator, Folding.word, Folding.single, Folding.run:
                if scalar == UTF8Decoder.invalid {
                    out.append(UInt8(ascii: "?"))
                } else {
                    if entry == Folding.run { lastRun = (scalar, out.count) }
                    out.append(contentsOf: UnsafeBufferPointer(start: base + index, count: length))
                }
            default:
                let fold = Folding.fold(entry)
                if entry & Folding.foldsToRun != 0, let first = fold.baseAddress {
                    lastRun = (UTF8Decoder.scalar(first, 0, fold.count).value, out.count)
                }
                out.append(contentsOf: fold)
            }
            index += length
        }
    }

    private static func append(_ scalar: UInt32, to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { room in
            guard let base = room.baseAddress else { return }
            out.append(contentsOf: UnsafeBufferPointer(start: base, count: UTF8Decoder.encode(scalar, to: base)))
        }
    }
}
