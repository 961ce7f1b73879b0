# Sourced by the scripts beside it: how a release of trawl is built: the program that answers searches, `trawl`, and the
# one that holds all commands, `trawl-commands`, which the first becomes where it is asked for anything else.

# The Swift runtime goes into the executables: they start in less than half the time, and run where no toolchain is.
release_flags=(-c release --static-swift-stdlib)
# The first use of each generic type asks for it by its arguments. Otherwise it is looked up by its name, and what its
# arguments conform to is searched for among all that the executable holds: a quarter of a search that finds nothing.
release_flags+=(-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors)
if [ "$(uname)" = Linux ]; then
    # A shared libstdc++ has thousands of symbols looked up before the first line runs.
    libstdcxx=$(gcc -print-file-name=libstdc++.a 2>/dev/null || true)
    if [ -e "$libstdcxx" ]; then
        # Swift names it by -lstdc++: the first folder that has one decides.
        mkdir -p .build/static
        ln -sf "$libstdcxx" .build/static/libstdc++.a
        release_flags+=(-Xswiftc "-L$PWD/.build/static")
    fi
    # What answers searches holds the libraries that it needs, where their archives are here: loading shared ones takes
    # half of its time. See Package.swift.
    export TRAWL_STATIC_FRONT=1
    for archive in libsqlite3.a libzstd.a libz.a libm.a; do
        [ -e "$(gcc -print-file-name=$archive 2>/dev/null || true)" ] || TRAWL_STATIC_FRONT=0
    done
fi

# build_release: builds both, and prints the folder that holds them. What the build says goes to stderr if it fails.
build_release() {
    local log product
    log=$(mktemp)
    for product in trawl-commands trawl; do
        if ! swift build "${release_flags[@]}" --product "$product" >"$log" 2>&1; then
            cat "$log" >&2
            rm -f "$log"
            return 2
        fi
    done
    rm -f "$log"
    swift build "${release_flags[@]}" --show-bin-path
}
