#!/usr/bin/env bash
# Prints the Debian packages that hold the shared libraries of the given programs, one per line.
set -euo pipefail

if (($# == 0)); then
    echo "usage: tools/dev/runtime_packages.sh PROGRAM…" >&2
    exit 2
fi

# Prints the package of one library. dpkg may know it by its old place, before /lib moved to /usr.
package_of() {
    local library=$1 resolved path
    resolved=$(realpath "$library")
    for path in "$resolved" "${resolved#/usr}" "$library" "/usr$library"; do
        if dpkg-query -S "$path" 2>/dev/null | head -n 1 | sed 's/:.*//' | grep .; then return 0; fi
    done
    echo "runtime_packages: no package holds $library" >&2
    return 1
}

libraries=$(ldd "$@" |
    awk '$2 == "=>" { print $3 } $1 ~ /^\// && $2 ~ /^\(/ { print $1 }' | sort -u)
if grep -qx not <<<"$libraries"; then
    ldd "$@" | grep 'not found' >&2
    exit 1
fi
packages=""
while read -r library; do
    package=$(package_of "$library")
    packages+="$package"$'\n'
done <<<"$libraries"
sort -u <<<"${packages%$'\n'}"
