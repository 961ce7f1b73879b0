# Sourced by the scripts beside it: brings in what a fresh Debian or Ubuntu machine lacks.

# install_packages NAME...: installs those packages that are missing, through sudo where this is not root.
install_packages() {
    [ -z "${TRAWL_NO_INSTALL:-}" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "no apt-get here: please see that these are installed: $*" >&2
        return 0
    fi
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "install these as root, then run this again: ${missing[*]}" >&2; exit 2; }
        as_root=(sudo)
    fi
    echo "installing: ${missing[*]}" >&2
    # A mail server that apt installs must not start on the machine's own ports: the tests run their own on loopback.
    local policy=/usr/sbin/policy-rc.d made_policy=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod 755 "$policy"
        made_policy=1
    fi
    local log status=0
    log=$(mktemp)
    {
        "${as_root[@]}" apt-get update -q
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "${missing[@]}"
    } >"$log" 2>&1 || status=$?
    [ -z "$made_policy" ] || "${as_root[@]}" rm -f "$policy"
    if [ "$status" -ne 0 ]; then
        tail -n 20 "$log" >&2
        echo "apt-get could not install: ${missing[*]}" >&2
        rm -f "$log"
        exit 2
    fi
    rm -f "$log"
}
