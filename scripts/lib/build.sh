# Sourced by the scripts beside it: how a release of trawl is built.

# The Swift runtime goes into the executable: it starts in less than half the time, and runs where no toolchain is.
release_flags=(-c release --static-swift-stdlib --product trawl)

# build_release: builds it, and prints the folder that holds the executable. What the build says goes to stderr if it fails.
build_release() {
    local log
    log=$(mktemp)
    if ! swift build "${release_flags[@]}" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 2
    fi
    rm -f "$log"
    swift build "${release_flags[@]}" --show-bin-path
}
