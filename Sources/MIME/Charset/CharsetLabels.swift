/// The labels of charsets in mail, in lower case.
enum CharsetLabels {
    /// Label → charset. From WHATWG's Encoding Standard §4.2, with those that mail has beside them.
    static let table: [String: Charset] = {
        var table: [String: Charset] = [:]
        for (charset, labels) in rows {
            for label in labels.split(separator: " ") { table[String(label)] = charset }
        }
        return table
    }()

    private static let rows: [(Charset, String)] = [
        (
            .utf8,
            """
            utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 us-ascii ascii ansi_x3.4-1968 \
            iso646-us us iso-ir-6 iso_646.irv:1991 ansi_x3.4-1986 ibm367 cp367 csascii 646 7bit utf-8-strict utf8mb4 \
            utf-8n utf us_ascii us-ascii-7bit iso-10646 iso-10646-1 cesu-8 utf-8-mac x-utf-8 asci usascii
            """
        ),
        (
            .windows1252,
            """
            windows-1252 cp1252 x-cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 \
            iso_8859-1:1987 l1 latin1 ansi latin-1 iso-8859-1-windows-3.1-latin-1 windows1252 win-1252 8bit iso-8859 \
            iso8859_1 iso-8859-1:1987 x-user-defined x-ansi unknown-8bit x-unknown iso-8859-8859-1 cp-1252 iso-latin-1 \
            8859-1 8859_1
            """
        ),
        (.singleByte("CP1250"), "windows-1250 cp1250 x-cp1250 win-1250 windows1250 cp-1250"),
        (.singleByte("CP1251"), "windows-1251 cp1251 x-cp1251 win-1251 windows1251 win1251 cp-1251 ansi-1251"),
        (.singleByte("CP1253"), "windows-1253 cp1253 x-cp1253 win-1253 windows1253"),
        (
            .singleByte("CP1254"),
            """
            windows-1254 cp1254 x-cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 \
            iso_8859-9:1989 l5 latin5 win-1254 windows1254
            """
        ),
        (.singleByte("CP1255"), "windows-1255 cp1255 x-cp1255 win-1255 windows1255"),
        (.singleByte("CP1256"), "windows-1256 cp1256 x-cp1256 win-1256 windows1256"),
        (.singleByte("CP1257"), "windows-1257 cp1257 x-cp1257 win-1257 windows1257"),
        (.singleByte("CP1258"), "windows-1258 cp1258 x-cp1258 win-1258 windows1258"),
        (
            .singleByte("ISO-8859-2"),
            "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2 latin-2"
        ),
        (
            .singleByte("ISO-8859-3"),
            "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"
        ),
        (
            .singleByte("ISO-8859-4"),
            "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"
        ),
        (
            .singleByte("ISO-8859-5"),
            "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"
        ),
        (
            .singleByte("ISO-8859-6"),
            """
            arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i \
            iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
            """
        ),
        (
            .singleByte("ISO-8859-7"),
            """
            csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 \
            iso_8859-7:1987 sun_eu_greek
            """
        ),
        (
            .singleByte("ISO-8859-8"),
            """
            csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 \
            iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
            """
        ),
        (
            .singleByte("ISO-8859-10"),
            "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 iso_8859-10 l6 latin6"
        ),
        (
            .singleByte("CP874"),
            "windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 tis620 cp874 x-windows-874"
        ),
        (.singleByte("ISO-8859-13"), "iso-8859-13 iso8859-13 iso885913 iso_8859-13 latin7"),
        (.singleByte("ISO-8859-14"), "iso-8859-14 iso8859-14 iso885914 iso_8859-14 latin8"),
        (
            .singleByte("ISO-8859-15"),
            "iso-8859-15 csisolatin9 iso8859-15 iso885915 iso_8859-15 l9 latin9 latin-9 latin0 iso-8859-15-windows"
        ),
        (.singleByte("ISO-8859-16"), "iso-8859-16 iso8859-16 iso_8859-16 latin10"),
        (.singleByte("KOI8-R"), "koi8-r cskoi8r koi koi8 koi8_r koi8r"),
        (.singleByte("KOI8-U"), "koi8-u koi8-ru koi8u koi8_u"),
        (.singleByte("CP866"), "ibm866 866 cp866 csibm866 cp-866 ibm-866 x-cp866"),
        (.singleByte("CP437"), "ibm437 437 cp437 cp-437 cspc8codepage437"),
        (.singleByte("CP850"), "ibm850 850 cp850 cp-850"),
        (.singleByte("MACINTOSH"), "macintosh csmacintosh mac x-mac-roman x-macintosh macroman mac-roman"),
        (.singleByte("MAC-CYRILLIC"), "x-mac-cyrillic x-mac-ukrainian maccyrillic"),
        (
            gb,
            """
            gb18030 gbk chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk cp936 ms936 \
            windows-936 euc-cn euccn gb-2312 gb2312-80 cn-gb gb2312_charset gbk2312
            """
        ),
        (.hz, "hz-gb-2312 hz hz-gb2312 hz-gb"),
        (
            .big5,
            "big5 big5-hkscs cn-big5 csbig5 x-x-big5 big-5 cp950 windows-950 ms950 big5-eten big5hkscs x-big5 zh-big5"
        ),
        (.japaneseEUC, "euc-jp cseucpkdfmtjapanese x-euc-jp x-euc eucjp ujis euc-jp-ms euc_jp x-eucjp"),
        (
            .iso2022JP,
            """
            iso-2022-jp csiso2022jp iso2022jp iso-2022-jp-ms cp50220 cp50221 cp50222 iso-2022-jp-1 iso-2022-jp-3 \
            iso-2022-jp-2004 jis iso2022-jp iso_2022-jp x-iso-2022-jp
            """
        ),
        (
            .shiftJIS,
            """
            shift_jis csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis cp932 windows-932 shiftjis \
            shift_jis-2004 mskanji x-shift-jis x-ms-cp932
            """
        ),
        (
            .koreanUHC,
            """
            euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 \
            cp949 uhc ks_c_5601 ks_c-5601-1987 ksc5601-1987 x-windows-949 euckr ms949 5601
            """
        ),
        (.iso2022KR, "iso-2022-kr csiso2022kr iso2022kr"),
        (.multiByte("ISO-2022-JP-2"), "iso-2022-jp-2 csiso2022jp2"),
        (.multiByte("ISO-2022-CN-EXT"), "iso-2022-cn iso-2022-cn-ext"),
        (.multiByte("UTF-16LE"), "utf-16le utf16le ucs-2le unicodefeff"),
        (.multiByte("UTF-16BE"), "utf-16be utf16be ucs-2be unicodefffe"),
        (.utf16, "utf-16 utf16 csunicode iso-10646-ucs-2 ucs-2 unicode ucs2"),
        (.multiByte("UTF-32"), "utf-32 utf32 ucs-4"),
        (.multiByte("UTF-7"), "utf-7 utf7 unicode-1-1-utf-7 csunicode11utf7 x-unicode-2-0-utf-7 unicode-2-0-utf-7"),
        (.multiByte("EUC-TW"), "euc-tw euctw x-euc-tw cns11643"),
        (.multiByte("JOHAB"), "johab cp1361"),
        (.singleByte("VISCII"), "viscii csviscii"),
        (.singleByte("TCVN"), "tcvn tcvn5712-1 x-viet-tcvn5712"),
        (.singleByte("ARMSCII-8"), "armscii-8 armscii8"),
        (.singleByte("GEORGIAN-PS"), "georgian-ps"),
        (.singleByte("PT154"), "pt154 ptcp154 cp154"),
    ]

    private static let gb = Charset.gb18030
}
