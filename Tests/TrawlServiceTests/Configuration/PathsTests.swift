import Testing

@testable import TrawlService
@testable import Presentation

@Suite struct PathsTests {
    private func paths(
        config: String? = nil, data: String? = nil, socket: String? = nil, _ variables: [String: String]
    ) -> Paths {
        Paths(config: config, data: data, socket: socket) { variables[$0] }
    }

    @Test func defaultsStandBelowHome() {
        let paths = paths(["HOME": "/home/ana/"])
        #expect(paths.config == "/home/ana/.config/trawl/config.toml")
        #expect(paths.data == "/home/ana/.local/share/trawl")
        #expect(paths.socket == "/home/ana/.local/share/trawl/trawl.sock")
        #expect(!paths.configWasNamed)
    }

    @Test func variablesBeatDefaultsAndOptionsBeatVariables() {
        let variables = [
            "HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_RUNTIME_DIR": "/r",
            "TRAWL_SOCKET": "/s/x.sock",
        ]
        let fromVariables = paths(variables)
        #expect(fromVariables.config == "/c/trawl/config.toml")
        #expect(fromVariables.data == "/d/trawl")
        #expect(fromVariables.socket == "/s/x.sock")
        let fromOptions = paths(config: "mine.toml", data: "mail/", socket: "s", variables)
        #expect(fromOptions.config == "mine.toml")
        #expect(fromOptions.configWasNamed)
        #expect(fromOptions.data == "mail")
        #expect(fromOptions.socket == "s")
        #expect(paths(["HOME": "/h", "XDG_RUNTIME_DIR": "/r"]).socket == "/r/trawl/trawl.sock")
    }

    @Test func emptyAndRelativeVariablesAreNoPlaces() {
        let paths = paths(["HOME": "/h", "XDG_CONFIG_HOME": "c", "TRAWL_DATA": "", "XDG_RUNTIME_DIR": ""])
        #expect(paths.config == "/h/.config/trawl/config.toml")
        #expect(paths.data == "/h/.local/share/trawl")
    }

    @Test(
        arguments: [
            ("pasword", ["password", "port"], "password"),
            ("from", ["form", "to"], "form"),
            ("password", ["host", "password-command"], "password-command"),
            ("xyz", ["host", "port"], nil),
            ("", ["host"], nil),
        ] as [(String, [String], String?)])
    func nearestNameIsFoundOrNone(name: String, known: [String], expected: String?) {
        #expect(NearestName.find(name, among: known) == expected)
    }
}
