/// Scans texts for the text index and hands their tokens on in batches, each with its hash: who looks many tokens up in a
/// large table can then begin all the look-ups before it needs the first.
///
/// The tokens are those that FTS5 is given for a document. Not safe to use from two threads at once.
package final class DocumentScanner {
    /// Tokens of a batch at most.
    package static let batchTokens = 128
    /// A token has at most so many bytes: a stem's marker comes before what a word may have.
    package static let longestToken = TextScanner.longestToken + 8

    /// Tokens of the batch.
    package fileprivate(set) var count = 0
    /// Of each token: its hash. Another scanner gives others, so that no mail can be made to have the same one often.
    package let hashes: UnsafeMutablePointer<UInt32>
    /// Bytes of the token.
    package let lengths: UnsafeMutablePointer<UInt8>
    /// 1 where it stands at the position of the token before it, else 0.
    package let colocations: UnsafeMutablePointer<UInt8>
    /// Where in `words` it begins. Its bytes are followed by zeros up to the end of the last word.
    package let starts: UnsafeMutablePointer<UInt16>
    package let words: UnsafeMutablePointer<UInt64>

    fileprivate let seed = UInt64.random(in: .min ... .max)

    fileprivate static let mostWords = (longestToken + 7) / 8

    package init() {
        let count = Self.batchTokens
        hashes = .allocate(capacity: count)
        hashes.initialize(repeating: 0, count: count)
        lengths = .allocate(capacity: count)
        lengths.initialize(repeating: 0, count: count)
        colocations = .allocate(capacity: count)
        colocations.initialize(repeating: 0, count: count)
        starts = .allocate(capacity: count)
        starts.initialize(repeating: 0, count: count)
        words = .allocate(capacity: count * Self.mostWords)
        words.initialize(repeating: 0, count: count * Self.mostWords)
    }

    deinit {
        hashes.deallocate()
        lengths.deallocate()
        colocations.deallocate()
        starts.deallocate()
        words.deallocate()
    }

    /// Calls `body` for each batch of the text's tokens. What the batch holds is valid until `body` returns.
    package func scan(_ text: UnsafeBufferPointer<UInt8>, _ stemmers: [Stemmer], _ body: () -> Void) {
        guard let base = text.baseAddress, text.count > 0 else { return }
        withoutActuallyEscaping(body) { body in
            var sink = BatchSink(self, body)
            TextScanner.scan(base, count: text.count, for: .document, stemmers: stemmers, into: &sink)
            sink.finish()
        }
    }

    fileprivate struct BatchSink: TokenSink {
        private let scanner: DocumentScanner
        private let body: () -> Void
        private let seed: UInt64
        private let hashes: UnsafeMutablePointer<UInt32>
        private let lengths: UnsafeMutablePointer<UInt8>
        private let colocations: UnsafeMutablePointer<UInt8>
        private let starts: UnsafeMutablePointer<UInt16>
        private let words: UnsafeMutablePointer<UInt64>
        private var count = 0
        private var end = 0

        init(_ scanner: DocumentScanner, _ body: @escaping () -> Void) {
            self.scanner = scanner
            self.body = body
            seed = scanner.seed
            hashes = scanner.hashes
            lengths = scanner.lengths
            colocations = scanner.colocations
            starts = scanner.starts
            words = scanner.words
        }

        @inline(__always)
        mutating func take(
            _ token: UnsafePointer<UInt8>, _ length: Int, from start: Int, to textEnd: Int, isColocated: Bool
        ) -> Bool {
            if count == DocumentScanner.batchTokens { finish() }
            starts[count] = UInt16(truncatingIfNeeded: end)
            lengths[count] = UInt8(truncatingIfNeeded: length)
            colocations[count] = isColocated ? 1 : 0
            var hash = seed
            let raw = UnsafeRawPointer(token)
            var at = 0
            while length &- at >= 8 {
                let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                words[end] = word
                end &+= 1
                at &+= 8
                hash = Self.mixed(hash, word)
            }
            if at < length {
                let word = Self.rest(raw + at, length &- at)
                words[end] = word
                end &+= 1
                hash = Self.mixed(hash, word)
            }
            hashes[count] = UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
            count &+= 1
            return true
        }

        @inline(__always)
        private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
            let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            return product.high ^ product.low
        }

        /// One to seven bytes, the first in the lowest place.
        @inline(__always)
        private static func rest(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
            if count >= 4 {
                let low = UInt64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
                let high = UInt64(
                    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)))
                return low | high &<< UInt64(truncatingIfNeeded: (count &- 4) &* 8)
            }
            var word = UInt64(bytes.load(as: UInt8.self))
            if count > 1 { word |= UInt64(bytes.load(fromByteOffset: 1, as: UInt8.self)) << 8 }
            if count > 2 { word |= UInt64(bytes.load(fromByteOffset: 2, as: UInt8.self)) << 16 }
            return word
        }

        @inline(never)
        mutating func finish() {
            guard count > 0 else { return }
            scanner.count = count
            body()
            count = 0
            end = 0
        }
    }
}
