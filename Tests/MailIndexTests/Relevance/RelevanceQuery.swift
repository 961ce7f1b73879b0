/// What someone who looks for a message would type of what he remembers of it, and the message that he wants.
struct RelevanceQuery {
    var text: String
    /// The wanted message's Message-ID.
    var wanted: String

    init(_ text: String, _ wanted: String) {
        self.text = text
        self.wanted = wanted
    }

    /// Forty, over the lists of ``MailingLists``: written while reading those messages, a third for each list or nearly
    /// so. Where words are wanted that a whole thread quotes, the message that wrote them first is the wanted one.
    static let all: [RelevanceQuery] = [
        RelevanceQuery("accessible email client simple purely email", "b92effa3-e60f-02aa-a7b8-3102adfe2e4a@gmail.com"),
        RelevanceQuery(
            "mint external disk sd card ubuntu fedora talking", "f9655dde-b48c-9199-6997-666a45bdbebf@gmail.com"),
        RelevanceQuery("geany pluma slint mate editor", "c4c87788-aec9-5ea4-b895-e6943dd32ab2@slint.fr"),
        RelevanceQuery("archlinux speakup alsa upgrade asound.conf fixed", "YcNUgwlCFtiAmY3Q@rednote.net"),
        RelevanceQuery("coqui samples html5 audio fallback links", "71517fe5-f206-4f11-0df6-8f3de20c6231@gmail.com"),
        RelevanceQuery("xvfb zoom meetings coqui", "fdbc7a3f-ffca-ee26-869c-987185604122@hubert-humphrey.com"),
        RelevanceQuery(
            "text mode browser javascript shoehorning",
            "CAO2sX30hbz93wap3DHx=7pAb9M5r7S8hXG7zvWGzjeJ9nmHpGw@mail.gmail.com"),
        RelevanceQuery(
            "orca punctuation pronounced bang", "CABKqQvGqKyUTj5KmvkgpOq9H89T9vxxz-LqFZPDZ=WZ5NXOQhQ@mail.gmail.com"),
        RelevanceQuery("sublime text code folding trial", "mailman.7961.1649706515.111201.blinux-list@redhat.com"),
        RelevanceQuery(
            "slint maintainer sighted identities posters", "mailman.8597.1649918264.111201.blinux-list@redhat.com"),
        RelevanceQuery("vobcopy dvd audio title chapters", "mailman.3468.1666976249.3003.blinux-list@redhat.com"),
        RelevanceQuery(
            "anaconda xorg web installer live fedora", "mailman.2591.1669750542.6931.blinux-list@redhat.com"),
        RelevanceQuery("wsl drive problem /mnt/c", "mailman.387.1682346946.2351825.blinux-list@redhat.com"),
        RelevanceQuery("podcast client tarball", "mailman.119.1689509513.687817.blinux-list@redhat.com"),
        RelevanceQuery("bookworm qemu lightdm espeakup orca", "mailman.87.1696776767.2052524.blinux-list@redhat.com"),
        RelevanceQuery(
            "from:jason emacspeak compile debian maintainer", "ae412f52-ec58-49f6-904c-919f15f047db@jasonjgw.net"),
        RelevanceQuery("from:jude downgrade mesa aur", "3d6b98a6-12f9-a2e4-71a0-ad1d5f1ca6f6@panix.com"),
        RelevanceQuery("umai ubuntu mate 24.04 release", "ab803beb-ce5a-4c30-ba7e-41e24594202b@protonmail.com"),
        RelevanceQuery(
            "ofdm peak central spectrum x310", "CAO_U4K7iMNWLhLRdWozsXxNQHd0xvp611f7LXQQhSe=-hz+ong@mail.gmail.com"),
        RelevanceQuery("fc32 complex64 numpy ofdm", "nbyxsho653l7zdicq47vtmjxy2ryocmtyu3znw4a4ex4augemd@es2frdzrnmro"),
        RelevanceQuery(
            "synchronisation sink source gnu radio companion time delay",
            "PAWP192MB2150096DCDE73AEC8A990B66992B2@PAWP192MB2150.EURP192.PROD.OUTLOOK.COM"),
        RelevanceQuery(
            "twinrx matlab bug receive only",
            "BYAPR05MB4424E6A444B0B5D8812C84D9A9362@BYAPR05MB4424.namprd05.prod.outlook.com"),
        RelevanceQuery(
            "gpio atr e310 python snippet", "CAM0spwrUqtQj3_CXi7n2NQJZhLXKDOhcpxnir7HEU2jToe0dvQ@mail.gmail.com"),
        RelevanceQuery(
            "bricked b210 eeprom init-device", "CAFOi1A72R2wVz+i7qMLpxYw+1xAwLMhw55emCDQJvCnx3F6FHQ@mail.gmail.com"),
        RelevanceQuery(
            "device tree rfdc_powered gpio pin x4xx", "xqIC7aEKKiDPcdLOmK3qYoGQK2jB7jFEHpc9mUh7WKY@lists.ettus.com"),
        RelevanceQuery("x440 maximum output power 2.88 gsps", "ec3aae17e9b346ec9ad87e62dc19f5ab@hhi.fraunhofer.de"),
        RelevanceQuery(
            "window fft blocks yaml twinrx scanner sweep",
            "NPvBVX3rDwjaP96-So3CksxNuTZ-_CMTzbPJ0-fRiybRHaHq4cQ2KJUQZJGltmTCXmmvAOcJz80pgZSTjkqunU6yUAaj0WRwy7q_vUhX0Lw=@protonmail.com"
        ),
        RelevanceQuery("radiometer dual polarization overflow x310", "f278d6e3-9176-4475-901a-c27eed173907@gmail.com"),
        RelevanceQuery("tx_samples_from_file two usrp2 led", "89a4b5930a3e4d4693aa8bbb9f4b66ed@foi.se"),
        RelevanceQuery(
            "thinkpad p53 x440 uhd_find_devices 1g ethernet",
            "LO4P265MB4162C069DD81CD359004D22AD7EE2@LO4P265MB4162.GBRP265.PROD.OUTLOOK.COM"),
        RelevanceQuery(
            "x410 excessive calibration gnuradio flowgraph raid",
            "PH1P110MB12844DA5BEC21C1621A447CB9889A@PH1P110MB1284.NAMP110.PROD.OUTLOOK.COM"),
        RelevanceQuery(
            "fosphor fractional vector rfnoc", "AGwAdwCIJCGWY-5d8h2Pdqo9.1.1750658251070.Hmail.220220790@seu.edu.cn"),
        RelevanceQuery("vivado user ip repository path", "8fcb7a89f603499b8139865148bf59ed@vastech.co.za"),
        RelevanceQuery("patch v2 prctl futex hash", "20250520104247.S-gVcgxM@linutronix.de"),
        RelevanceQuery(
            "sched_setaffinity getpid example",
            "v5p4zfqrepnrorszmuie47aiulivcykicxuhtxfkqhrq5t3cis@tarta.nabijaczleweli.xyz"),
        RelevanceQuery("rwf_dontcache documentation preadv2", "aD28onWyzS-HgNcB@infradead.org"),
        RelevanceQuery("posix_spawn example segfaulting executable name", "20250818225910.101238-1-dave@treblig.org"),
        RelevanceQuery("pandoc markdown manpages ffs", "87sege1q8l.fsf@hippogriff"),
        RelevanceQuery("neither wolverines nor beavers domesticated", "20251029084200.umuk2hbescz3txgn@illithid"),
        RelevanceQuery("second year sponsorship contract", "aYprOnLo5WSP8Ljh@devuan"),
    ]
}
