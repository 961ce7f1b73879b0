import IMAPCore

/// Hashes in plain Swift: slow, and for tests alone.
struct PureDigests: SASLCrypto {
    func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) } }

    func hash(_ data: [UInt8], _ hash: SASLHash) -> [UInt8] {
        switch hash {
        case .md5: Self.md5(data)
        case .sha1: Self.sha1(data)
        case .sha256: Self.sha256(data)
        }
    }

    func hmac(key: [UInt8], data: [UInt8], _ hash: SASLHash) -> [UInt8] {
        var key = key.count > 64 ? self.hash(key, hash) : key
        key += [UInt8](repeating: 0, count: 64 - key.count)
        let inner = self.hash(key.map { $0 ^ 0x36 } + data, hash)
        return self.hash(key.map { $0 ^ 0x5C } + inner, hash)
    }

    func pbkdf2(password: [UInt8], salt: [UInt8], iterations: Int, _ hash: SASLHash) -> [UInt8] {
        var block = hmac(key: password, data: salt + [0, 0, 0, 1], hash)
        var result = block
        for _ in 1..<max(1, iterations) {
            block = hmac(key: password, data: block, hash)
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }

    private static func padded(_ data: [UInt8], bigEndian: Bool) -> [UInt8] {
        var out = data + [0x80]
        while out.count % 64 != 56 { out.append(0) }
        let bits = UInt64(data.count) * 8
        for shift in 0..<8 {
            out.append(UInt8(truncatingIfNeeded: bits >> UInt64((bigEndian ? 7 - shift : shift) * 8)))
        }
        return out
    }

    private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x << n | x >> (32 - n) }

    private static func words(_ chunk: ArraySlice<UInt8>, bigEndian: Bool) -> [UInt32] {
        let bytes = Array(chunk)
        return (0..<16).map { i in
            let b = (0..<4).map { UInt32(bytes[i * 4 + $0]) }
            return bigEndian
                ? b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3] : b[3] << 24 | b[2] << 16 | b[1] << 8 | b[0]
        }
    }

    private static func bytes(_ words: [UInt32], bigEndian: Bool) -> [UInt8] {
        words.flatMap { w in
            let b = [UInt8(w >> 24), UInt8(w >> 16 & 255), UInt8(w >> 8 & 255), UInt8(w & 255)]
            return bigEndian ? b : b.reversed()
        }
    }

    static func sha1(_ data: [UInt8]) -> [UInt8] {
        var h: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        let message = padded(data, bigEndian: true)
        for start in stride(from: 0, to: message.count, by: 64) {
            var w = words(message[start..<start + 64], bigEndian: true)
            for i in 16..<80 { w.append(rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)) }
            var (a, b, c, d, e) = (h[0], h[1], h[2], h[3], h[4])
            for i in 0..<80 {
                let f: UInt32
                let k: UInt32
                switch i {
                case 0..<20: (f, k) = (b & c | ~b & d, 0x5A82_7999)
                case 20..<40: (f, k) = (b ^ c ^ d, 0x6ED9_EBA1)
                case 40..<60: (f, k) = (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (f, k) = (b ^ c ^ d, 0xCA62_C1D6)
                }
                let t = rotate(a, 5) &+ f &+ e &+ k &+ w[i]
                (e, d, c, b, a) = (d, c, rotate(b, 30), a, t)
            }
            for (i, v) in [a, b, c, d, e].enumerated() { h[i] = h[i] &+ v }
        }
        return bytes(h, bigEndian: true)
    }

    private static let k256: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]

    static func sha256(_ data: [UInt8]) -> [UInt8] {
        var h: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        let message = padded(data, bigEndian: true)
        for start in stride(from: 0, to: message.count, by: 64) {
            var w = words(message[start..<start + 64], bigEndian: true)
            for i in 16..<64 {
                let s0 = rotate(w[i - 15], 25) ^ rotate(w[i - 15], 14) ^ (w[i - 15] >> 3)
                let s1 = rotate(w[i - 2], 15) ^ rotate(w[i - 2], 13) ^ (w[i - 2] >> 10)
                w.append(w[i - 16] &+ s0 &+ w[i - 7] &+ s1)
            }
            var v = h
            for i in 0..<64 {
                let s1 = rotate(v[4], 26) ^ rotate(v[4], 21) ^ rotate(v[4], 7)
                let t1 = v[7] &+ s1 &+ (v[4] & v[5] ^ ~v[4] & v[6]) &+ k256[i] &+ w[i]
                let s0 = rotate(v[0], 30) ^ rotate(v[0], 19) ^ rotate(v[0], 10)
                let t2 = s0 &+ (v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2])
                v = [t1 &+ t2, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
            }
            for i in 0..<8 { h[i] = h[i] &+ v[i] }
        }
        return bytes(h, bigEndian: true)
    }

    static func md5(_ data: [UInt8]) -> [UInt8] {
        var h: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        let shifts: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
        let k: [UInt32] = md5Constants
        let message = padded(data, bigEndian: false)
        for start in stride(from: 0, to: message.count, by: 64) {
            let w = words(message[start..<start + 64], bigEndian: false)
            var (a, b, c, d) = (h[0], h[1], h[2], h[3])
            for i in 0..<64 {
                let f: UInt32
                let g: Int
                switch i / 16 {
                case 0: (f, g) = (b & c | ~b & d, i)
                case 1: (f, g) = (d & b | ~d & c, (5 * i + 1) % 16)
                case 2: (f, g) = (b ^ c ^ d, (3 * i + 5) % 16)
                default: (f, g) = (c ^ (b | ~d), (7 * i) % 16)
                }
                let t = a &+ f &+ k[i] &+ w[g]
                (a, d, c, b) = (d, c, b, b &+ rotate(t, shifts[i / 16][i % 4]))
            }
            for (i, v) in [a, b, c, d].enumerated() { h[i] = h[i] &+ v }
        }
        return bytes(h, bigEndian: false)
    }

    private static let md5Constants: [UInt32] = [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
        0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
        0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
        0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
        0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
        0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
    ]
}
