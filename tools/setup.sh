#!/usr/bin/env bash
# Installs what margind needs to build and test itself on Debian 12 or 13. Run it with --help.
set -euo pipefail

readonly boost_version_min=1.92       # oldest Boost this script unpacks
readonly boost_system_min=109100      # oldest system Boost that is good enough, as BOOST_VERSION
readonly catch2_version_min=3
readonly deps="${MARGIND_DEPS:-/opt/margind}"

readonly packages_plain=(
    clang-19 clang-format-19 clang-tidy-19 lld-19 llvm-19 libclang-rt-19-dev
    cmake ninja-build ccache git pkgconf python3
    libsimdjson-dev libfmt-dev libspdlog-dev librapidcheck-dev libtomlplusplus-dev
    libcli11-dev libbenchmark-dev zlib1g-dev libzstd-dev libxxhash-dev libssl-dev
    libhowardhinnant-date-dev tzdata
    redis-server redis-tools curl ca-certificates procps
)
readonly packages_newer=(catch2 valkey-server valkey-tools)   # from backports on Debian 12

usage() {
    cat <<'TEXT'
usage: tools/setup.sh [--check] [--help]

Installs everything margind needs to build and test itself on a bare Debian 12 or 13: compiler
(clang 19), CMake, Ninja, ccache, libraries, Redis and Valkey servers (not started, not enabled),
and the Boost headers. Quick when nothing is missing. Uses sudo when not run as root.

Debian 12 takes Catch2 v3 and Valkey from its backports. Boost comes from the newest package of
Debian's forky or sid as headers only, unpacked beside the system, with signature and checksum
verified. The apt configuration of the machine stays as it is.

  --check   install nothing; list what is missing and exit 1 if anything is
  --help    this text

environment:
  MARGIND_DEPS         where Boost goes (default /opt/margind; headers in boost/include)
  MARGIND_MIRROR       Debian archive to use (default: the one apt is configured with)
  MARGIND_SKIP_SETUP   set to 1 to skip everything, where you provide the dependencies yourself
TEXT
}

say() { printf 'setup: %s\n' "$*"; }
fail() {
    printf 'setup: error: %s\n' "$*" >&2
    exit 1
}

work=""
policy_file=""
as_root=()

clean_up() {
    if [[ -n $policy_file ]]; then "${as_root[@]}" rm -f "$policy_file"; fi
    if [[ -n $work ]]; then "${as_root[@]}" rm -rf "$work"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- what is there ------------------------------------------------------------------------------

# Prints the packages of this script that are not installed, one per line.
missing_packages() {
    local -A installed=()
    local status name version
    while read -r status name version; do
        if [[ $status == installed ]]; then installed[$name]=$version; fi
    done < <(dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' \
        "${packages_plain[@]}" "${packages_newer[@]}" 2>/dev/null || true)
    for name in "${packages_plain[@]}" "${packages_newer[@]}"; do
        if [[ -z ${installed[$name]:-} ]]; then
            echo "$name"
        elif [[ $name == catch2 ]] &&
            dpkg --compare-versions "${installed[$name]}" lt "$catch2_version_min"; then
            echo "$name"
        fi
    done
}

# Prints BOOST_VERSION (109200 for 1.92.0) of the headers below a directory, or 0.
boost_version_in() {
    local version=0
    if [[ -r $1/boost/version.hpp && -r $1/boost/redis.hpp ]]; then
        version=$(sed -n 's/^#define BOOST_VERSION \([0-9]*\).*/\1/p' "$1/boost/version.hpp")
    fi
    echo "${version:-0}"
}

# Prints where a sufficient Boost is; fails when there is none.
boost_found() {
    local directory
    for directory in "$deps/boost/include" /usr/local/include /usr/include; do
        if (($(boost_version_in "$directory") >= boost_system_min)); then
            echo "$directory"
            return 0
        fi
    done
    return 1
}

# --- apt, in a configuration of its own ---------------------------------------------------------

run_logged() {
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 30 "$work/log" >&2
        fail "this command failed: $*"
    fi
}

# Prints "archive-address suite" of every source of the machine; needs no downloaded index.
sources_of_machine() {
    apt-get update --print-uris 2>/dev/null |
        sed -n "s#^'\(.*\)/dists/\([^']*\)/InRelease'.*#\1 \2#p"
}

archive_of_machine() {
    local archive suite
    if [[ -n ${MARGIND_MIRROR:-} ]]; then
        echo "${MARGIND_MIRROR%/}"
        return 0
    fi
    while read -r archive suite; do
        case $suite in
            "$codename" | stable | oldstable)
                echo "$archive"
                return 0
                ;;
        esac
    done < <(sources_of_machine)
    fail "apt has no source for Debian '$codename'; add one, or set MARGIND_MIRROR"
}

keyring() {
    local file
    for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        if [[ -r $file ]]; then
            echo "$file"
            return 0
        fi
    done
    fail "the keys of the Debian archive are missing: install debian-archive-keyring"
}

# Prepares a folder of sources and indexes that only this run sees; `apt_options` leads apt to it.
apt_options=()
use_apt_root() {
    mkdir -p "$1/sources.list.d" "$1/lists/partial"
    : >"$1/sources.list"
    apt_options=(
        -q -o "Dir::Etc::SourceList=$1/sources.list"
        -o "Dir::Etc::SourceParts=$1/sources.list.d" -o "Dir::State::Lists=$1/lists"
        -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o DPkg::Lock::Timeout=600
    )
}

# --- packages -----------------------------------------------------------------------------------

# A server's package starts its service unless this file forbids it.
forbid_service_start() {
    local file=/usr/sbin/policy-rc.d
    if [[ -e $file ]]; then return 0; fi
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$file" >/dev/null
    policy_file=$file
    "${as_root[@]}" chmod 755 "$file"
}

# The tests start servers of their own; none shall appear at the next boot.
disable_service() {
    if command -v systemctl >/dev/null; then
        "${as_root[@]}" systemctl disable "$1" >/dev/null 2>&1 || true
    elif command -v update-rc.d >/dev/null; then
        "${as_root[@]}" update-rc.d "$1" disable >/dev/null 2>&1 || true
    fi
}

install_packages() {
    local root="$work/packages" backports="" name wanted=() archive keys
    use_apt_root "$root"
    if [[ -r /etc/apt/sources.list ]]; then cp /etc/apt/sources.list "$root/"; fi
    cp /etc/apt/sources.list.d/*.{list,sources} "$root/sources.list.d/" 2>/dev/null || true
    cp /var/lib/apt/lists/*_* "$root/lists/" 2>/dev/null || true

    if [[ $codename == bookworm ]]; then
        backports=bookworm-backports
        if ! sources_of_machine | grep -q " $backports\$"; then
            archive=$(archive_of_machine)
            keys=$(keyring)
            echo "deb [signed-by=$keys] $archive $backports main" \
                >"$root/sources.list.d/margind-backports.list"
        fi
    fi
    for name in "$@"; do
        if [[ -n $backports && " ${packages_newer[*]} " == *" $name "* ]]; then
            wanted+=("$name/$backports")
        else
            wanted+=("$name")
        fi
    done

    say "reading the package indexes"
    run_logged "${as_root[@]}" apt-get "${apt_options[@]}" update
    forbid_service_start
    say "installing $*"
    run_logged "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get "${apt_options[@]}" install -y --no-install-recommends "${wanted[@]}"
    for name in "$@"; do
        case $name in
            redis-server | valkey-server)
                disable_service "$name"
                say "$name is installed, not started and not enabled"
                ;;
        esac
    done
}

# --- Boost --------------------------------------------------------------------------------------

# Prints "package version" of the newest versioned Boost header package, if it is new enough.
newest_boost() {
    local package version
    package=$(apt-cache "${apt_options[@]}" pkgnames libboost1. |
        grep -E '^libboost1\.[0-9]+-dev$' | sort -V | tail -n 1 || true)
    if [[ -z $package ]]; then return 1; fi
    version=$(apt-cache "${apt_options[@]}" show "$package" | sed -n 's/^Version: //p' | head -n 1)
    if dpkg --compare-versions "$version" lt "$boost_version_min"; then return 1; fi
    echo "$package $version"
}

# apt verifies the chain of the download: the keyring signs InRelease, which holds the hash of
# Packages, which holds the hash of the .deb. The last link is checked here once more.
unpack_boost() {
    local suite root package="" version expected found target file archive keys
    archive=$(archive_of_machine)
    keys=$(keyring)
    for suite in forky sid; do
        root="$work/$suite"
        use_apt_root "$root"
        echo "deb [signed-by=$keys target=Packages] $archive $suite main" >"$root/sources.list"
        say "looking for Boost >= $boost_version_min in $suite"
        if ! apt-get "${apt_options[@]}" -o APT::Update::Error-Mode=any update >"$work/log" 2>&1
        then
            grep -E '^[EW]:' "$work/log" >&2 || true
            say "$suite cannot be read from $archive"
        elif read -r package version < <(newest_boost); then
            break
        fi
    done
    if [[ -z $package ]]; then
        fail "neither forky nor sid at $archive has a libboost1.*-dev >= $boost_version_min"
    fi

    mkdir -p "$work/download"
    chmod 777 "$work/download"
    (cd "$work/download" && run_logged apt-get "${apt_options[@]}" download "$package=$version")
    file=$(find "$work/download" -name '*.deb' -print -quit)
    expected=$(apt-cache "${apt_options[@]}" show "$package=$version" |
        sed -n 's/^SHA256: //p' | head -n 1)
    found=$(sha256sum "$file" | cut -d' ' -f1)
    if [[ ! $expected =~ ^[0-9a-f]{64}$ || $found != "$expected" ]]; then
        fail "$package $version: SHA256 is $found, the index of $suite says '$expected'"
    fi

    # Unpacked beside its place, then moved there, so that an interrupted run leaves no half.
    target="boost-${version%%-*}"
    dpkg-deb -x "$file" "$work/boost"
    if ! mkdir -p "$deps" 2>/dev/null || [[ ! -w $deps ]]; then
        "${as_root[@]}" mkdir -p "$deps"
        in_deps=("${as_root[@]}")
    fi
    chmod 755 "$work/boost"
    "${in_deps[@]}" rm -rf "$deps/$target" "$deps/$target.new"
    "${in_deps[@]}" cp -r "$work/boost" "$deps/$target.new"
    "${in_deps[@]}" mv -T "$deps/$target.new" "$deps/$target"
    "${in_deps[@]}" ln -sfnT "$target/usr" "$deps/boost"
    say "Boost $version of $suite, SHA256 verified, is in $deps/$target"
}
in_deps=()

# --- main ---------------------------------------------------------------------------------------

check_system() {
    local known="Debian 12 and 13 are supported"
    if [[ ! -r /etc/os-release ]] || ! command -v dpkg-query >/dev/null; then
        fail "$known, this is something else. See --help for MARGIND_SKIP_SETUP."
    fi
    # shellcheck disable=SC1091
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
    case $codename in
        bookworm | trixie | forky | sid) ;;
        *) fail "$known, this is '$codename'. See --help for MARGIND_SKIP_SETUP." ;;
    esac
}

main() {
    local check_only=0 missing boost
    while (($# > 0)); do
        case $1 in
            --check) check_only=1 ;;
            -h | --help)
                usage
                return 0
                ;;
            *)
                usage >&2
                exit 2
                ;;
        esac
        shift
    done
    if [[ ${MARGIND_SKIP_SETUP:-0} == 1 ]]; then
        say "skipped, as MARGIND_SKIP_SETUP says"
        return 0
    fi
    check_system

    mapfile -t missing < <(missing_packages)
    boost=$(boost_found || true)
    if ((check_only)); then
        if ((${#missing[@]} > 0)); then say "missing packages: ${missing[*]}"; fi
        if [[ -z $boost ]]; then say "missing: Boost >= $boost_version_min headers"; fi
        if ((${#missing[@]} > 0)) || [[ -z $boost ]]; then exit 1; fi
    fi

    if ((${#missing[@]} > 0)) || [[ -z $boost ]]; then
        work=$(mktemp -d)
        chmod 755 "$work" # apt downloads as a user of its own
        if ((EUID != 0)); then
            command -v sudo >/dev/null || fail "run this as root, or install sudo; --check says" \
                "what is missing"
            as_root=(sudo)
        fi
    fi
    if ((${#missing[@]} > 0)); then install_packages "${missing[@]}"; fi
    if [[ -z $boost ]]; then
        unpack_boost
        boost=$(boost_found) || fail "the Boost package has no boost/redis.hpp"
    fi
    say "Boost headers: $boost ($(boost_version_in "$boost"))"
    say "ready: compile with clang++-19 (CMake takes it by itself)"
}

main "$@"
