import CMalloc

/// How a process that stays for months keeps its memory near what it uses.
public enum ProcessMemory {
    /// Heaps that threads share. glibc would make up to eight for each processor, and what is free in one is of no use to
    /// the others.
    static let mostHeaps: Int32 = 2

    /// To be called first of all: heaps that are there stay.
    public static func limitHeaps() { trawl_limit_heaps(mostHeaps) }

    /// Octets from which on memory has pages of its own once the first synchronisation is over.
    static let leastMapped: Int32 = 128 << 10

    /// For the time of small work: what is large goes back to the system at once, instead of tearing the heaps. It costs
    /// a tenth more time wherever much is written.
    static func settle() { trawl_map_from(leastMapped) }

    /// Gives back what is free within the heaps. Takes less than a millisecond.
    static func giveBack() { trawl_return_free_memory() }
}
