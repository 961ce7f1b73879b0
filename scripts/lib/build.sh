# Sourced by the scripts beside it: how a release of trawl is built.

# The Swift runtime goes into the executable: it starts in less than half the time, and runs where no toolchain is.
release_flags=(-c release --static-swift-stdlib --product trawl)
# A shared libstdc++ has thousands of symbols looked up before the first line runs.
libstdcxx=$(gcc -print-file-name=libstdc++.a 2>/dev/null || true)
if [ "$(uname)" = Linux ] && [ -e "$libstdcxx" ]; then
    # Swift names it by -lstdc++: the first folder that has one decides.
    mkdir -p .build/static
    ln -sf "$libstdcxx" .build/static/libstdc++.a
    release_flags+=(-Xswiftc "-L$PWD/.build/static")
fi

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
