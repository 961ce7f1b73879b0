/// What is worth counting ahead.
package struct TextCountLimits: Sendable {
    /// Leaves of the counted segments at least: the lists of smaller indexes are walked in a millisecond or two.
    package var fewestPages = 16_384
    /// A segment is counted if it is at least this part of the index.
    package var smallestPart = 32
    /// All is counted anew when what is not counted has become this part of the index.
    package var largestRest = 8
    /// Documents that are looked up one by one at most, since they were taken out after they were counted; from half as many
    /// on all is counted anew.
    package var mostRemovals = 64
    /// Documents of what is counted at least.
    package var fewestDocuments = 1_000
    /// Words that are counted in pairs at most: the commonest.
    package var mostPaired = 2_048

    package init() {}
}
