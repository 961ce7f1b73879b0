import Testing

@testable import TrawlService

@Suite struct ContentHashTests {
    @Test func everyOctetAndTheLengthCount() {
        let key = ContentHash.Key(a: 1, b: 2)
        func hash(_ bytes: [UInt8]) -> ContentHash { bytes.withUnsafeBytes { ContentHash($0, key: key) } }
        var seen: Set<ContentHash> = []
        for length in 0...70 {
            let zeros = [UInt8](repeating: 0, count: length)
            #expect(seen.insert(hash(zeros)).inserted)
            for index in 0..<length {
                var changed = zeros
                changed[index] = 1
                #expect(seen.insert(hash(changed)).inserted)
            }
        }
    }

    /// The first of the reference implementation's vectors for 128 bits: keys and text are 0, 1, 2, ….
    @Test func vectorsOfTheReferenceAreMet() {
        let key = ContentHash.Key(a: 0x0706_0504_0302_0100, b: 0x0F0E_0D0C_0B0A_0908)
        func hash(_ count: UInt8) -> String { Array(0..<count).withUnsafeBytes { ContentHash($0, key: key).text } }
        #expect(hash(0) == "a3817f04ba25a8e66df67214c7550293")
        #expect(hash(1) == "da87c1d86b99af44347659119b22fc45")
        #expect(hash(15) == "5493e99933b0a8117e08ec0f97cfc3d9")
        #expect(ContentHash.Key.random() != ContentHash.Key.random())
    }
}
