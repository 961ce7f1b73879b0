import Synchronization

/// Messages that searches showed lately, decoded: most searches show some of the newest ones again.
///
/// Nothing in here is ever out of date: what is asked for is told by the stored bytes themselves, and given where the
/// bytes are the same. For a process that stays; others would pay for it and have nothing of it.
final class KeptMessages: Sendable {
    /// Octets of one message at most.
    static let largest = 64 << 10
    /// Octets that a message takes beside its text: its fields and preview, as values and as they are shown.
    static let overhead = 3 << 10

    /// Places for the ids of messages that were shown once: a power of two.
    private static let seenBits = 12

    private struct Slot {
        var id: Int64
        var message: KeptMessage
        /// Since the hand passed it last.
        var isAskedFor: Bool
    }

    /// A clock: its hand goes round, and what was not asked for since it passed goes. One goes for each that comes, more
    /// or less, so that no search waits for many.
    private struct Contents {
        var slots: [Slot] = []
        var places: [Int64: Int] = [:]
        var hand = 0
        /// Octets in all of them.
        var size = 0
        /// Ids of messages that were shown, each in a place that it decides; 0 for none.
        var seen = [Int64](repeating: 0, count: 1 << seenBits)

        mutating func keep(_ message: KeptMessage, for id: Int64) {
            let slot = Slot(id: id, message: message, isAskedFor: false)
            size += message.size
            if let place = places[id] {
                size -= slots[place].message.size
                slots[place] = slot
            } else {
                places[id] = slots.count
                slots.append(slot)
            }
        }

        mutating func turn() {
            if hand >= slots.count { hand = 0 }
            if slots[hand].isAskedFor {
                slots[hand].isAskedFor = false
                hand += 1
                return
            }
            places[slots[hand].id] = nil
            size -= slots[hand].message.size
            let last = slots.removeLast()
            if hand < slots.count {
                // What came last is passed over this time.
                slots[hand] = last
                places[last.id] = hand
                hand += 1
            }
        }
    }

    /// Octets of all of them at most.
    let capacity: Int
    private let contents = Mutex(Contents())

    init(capacity: Int) { self.capacity = capacity }

    /// The message that was kept by this id, whatever it was made of.
    func message(_ id: Int64) -> KeptMessage? {
        contents.withLock { contents in
            guard let place = contents.places[id] else { return nil }
            contents.slots[place].isAskedFor = true
            return contents.slots[place].message
        }
    }

    /// Whether a message is to be kept: what was shown lately once before. Many are shown but once, by a rare word, and to
    /// keep them would cost more than it saves. Remembers that it was shown now.
    func wasSeen(_ id: Int64) -> Bool {
        // The product's highest bits tell the place (Knuth's multiplicative hash).
        let product = UInt64(bitPattern: id) &* 0x9E37_79B9_7F4A_7C15
        let place = Int(truncatingIfNeeded: product >> UInt64(64 - Self.seenBits))
        return contents.withLock { contents in
            defer { contents.seen[place] = id }
            return contents.seen[place] == id
        }
    }

    func keep(_ message: KeptMessage, for id: Int64) {
        guard message.size <= min(Self.largest, capacity) else { return }
        contents.withLock { contents in
            while contents.size + message.size > capacity { contents.turn() }
            contents.keep(message, for: id)
        }
    }

    /// Octets kept now, more or less.
    var size: Int { contents.withLock { $0.size } }
}
