# Sourced by the scripts beside it: how a release of trawl is built: the program that answers searches, `trawl`, and the
# one that holds all commands, `trawl-commands`, which the first becomes where it is asked for anything else.

# front_linking: prints how `trawl` is linked, one argument a line.
front_linking() {
    local archive tools order=$PWD/scripts/lib/trawl.order
    # What answers searches holds the libraries that it needs, where their archives are here: loading shared ones takes
    # half of its time.
    for archive in libsqlite3.a libzstd.a libz.a libm.a; do
        [ -e "$(gcc -print-file-name=$archive 2>/dev/null || true)" ] || return 0
    done
    printf '%s\n' -static-executable
    # What a search runs stands together in the file, so that the system brings it in with fewer page faults.
    # scripts/order makes the list; what it names and is not there doesn't matter.
    tools=$(dirname "$(readlink -f "$(command -v swift)")")
    if [ -x "$tools/ld.lld" ]; then
        printf '%s\n' -use-ld=lld -Xlinker "--symbol-ordering-file=$order" -Xlinker --no-warn-symbol-ordering
        [ -z "${TRAWL_LINK_MAP:-}" ] || printf '%s\n' -Xlinker --no-demangle -Xlinker "-Map=$TRAWL_LINK_MAP"
    fi
}

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
    export TRAWL_FRONT_LINKING=
    TRAWL_FRONT_LINKING=$(front_linking)
fi

# build_release: builds both, and prints the folder that holds copies of them. What the build says goes to stderr if it
# fails. Copies, since the system keeps a file in its memory in pieces as they were written: of what a linker writes here
# and there, it brings in so much less at each page fault that a search takes a tenth longer.
build_release() {
    local log product from to=$PWD/.build/program
    from=$(swift build "${release_flags[@]}" --show-bin-path) || return 2
    log=$(mktemp)
    # SwiftPM doesn't know of the list that `trawl` is linked by.
    [ "$from/trawl" -nt scripts/lib/trawl.order ] || rm -f "$from/trawl"
    for product in trawl-commands trawl; do
        if ! swift build "${release_flags[@]}" --product "$product" >"$log" 2>&1; then
            cat "$log" >&2
            rm -f "$log"
            return 2
        fi
    done
    rm -f "$log"
    mkdir -p "$to"
    for product in trawl-commands trawl; do
        [ "$to/$product" -nt "$from/$product" ] && continue
        # Into a new file: the old one may be running.
        rm -f "$to/$product"
        cp "$from/$product" "$to/$product" || return 2
    done
    echo "$to"
}
