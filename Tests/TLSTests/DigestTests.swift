import TLS
import Testing

@Suite struct DigestTests {
    func hex(_ bytes: [UInt8]) -> String { Digest.hex(bytes) }

    @Test func hashesOfTheStandards() {
        let abc = Array("abc".utf8)
        #expect(hex(Digest.hash(abc, .md5)) == "900150983cd24fb0d6963f7d28e17f72")
        #expect(hex(Digest.hash(abc, .sha1)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hex(Digest.hash(abc, .sha256)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hex(Digest.hash([], .md5)) == "d41d8cd98f00b204e9800998ecf8427e")
    }

    @Test func hmacOfCRAMMD5sExample() {
        let challenge = Array("<1896.697170952@postoffice.reston.mci.net>".utf8)
        #expect(
            hex(Digest.hmac(key: Array("tanstaaftanstaaf".utf8), challenge, .md5)) == "b913a602c7eda7a495b4e6e7334d3890"
        )
    }

    @Test func hmacWithAnEmptyKeyIsItsOwn() {
        _ = Digest.hmac(key: Array("earlier".utf8), [1], .sha256)
        #expect(
            hex(Digest.hmac(key: [], [], .sha256)) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        )
    }

    @Test func pbkdf2OfRFC6070() {
        let key = Digest.pbkdf2(
            password: Array("password".utf8), salt: Array("salt".utf8), iterations: 4096, length: 20, .sha1)
        #expect(hex(key) == "4b007901b765489abead49d926f721d065a429c1")
        #expect(Digest.pbkdf2(password: [], salt: [], iterations: 0, length: 20, .sha1).isEmpty)
    }

    @Test func randomBytesDiffer() throws {
        #expect(try Digest.randomBytes(16) != Digest.randomBytes(16))
    }

    @Test func fingerprintsAsPeopleWriteThem() {
        let plain = String(repeating: "0aF9", count: 16)
        #expect(TLSConfiguration.fingerprint(plain)?.count == 32)
        #expect(TLSConfiguration.fingerprint("sha256:" + plain)?[0] == 0x0A)
        let colons = Array(repeating: "AB", count: 32).joined(separator: ":")
        #expect(TLSConfiguration.fingerprint(colons) == Array(repeating: 0xAB, count: 32))
        #expect(TLSConfiguration.fingerprint("abcd") == nil)
        #expect(TLSConfiguration.fingerprint(plain + "g") == nil)
    }
}
