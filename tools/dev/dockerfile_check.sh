#!/usr/bin/env bash
# Does the steps of the Dockerfile in bare Debian roots, without a container engine. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
    cat <<'TEXT'
usage: tools/dev/dockerfile_check.sh [--lint] [--keep] [FILE]

Reads the Dockerfile (or FILE), makes a bare root by debootstrap for each of its stages, does the
steps there with chroot, then starts the entry point as the image's user beside a Redis, in a
network of its own, and waits until the health check passes and SIGTERM ends it with 0.
Needs root, debootstrap and some 5 GB below TMPDIR; leaves nothing behind.

  --lint   only read the file and name what is wrong with it (needs nothing)
  --keep   leave the roots and say where they are

environment:
  MARGIND_MIRROR   Debian archive to use (default: the one apt is configured with)
TEXT
}

say() { printf 'dockerfile: %s\n' "$*"; }
fail() {
    printf 'dockerfile: error: %s\n' "$*" >&2
    exit 1
}

# --- the file -----------------------------------------------------------------------------------

words=() rests=() places=()   # instruction, its argument and its line, continuation lines joined

read_dockerfile() {
    local line number=0 start=0 joined=""
    while IFS= read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        if [[ $line =~ ^[[:space:]]*(#|$) ]]; then continue; fi
        if [[ -z $joined ]]; then start=$number; fi
        if [[ $line == *\\ ]]; then
            joined+="${line%\\}"
            continue
        fi
        joined+=$line
        words+=("${joined%%[[:space:]]*}")
        rests+=("${joined#*[[:space:]]}")
        places+=("$start")
        joined=""
    done <"$1"
    if [[ -n $joined ]]; then fail "$1:$start: the last instruction is not finished"; fi
}

problems=0
wrong() {
    printf '%s:%s: %s\n' "$dockerfile" "$1" "$2" >&2
    problems=$((problems + 1))
}

lint() {
    local index word rest place stages=() user="" health=0 entry=0
    for index in "${!words[@]}"; do
        word=${words[index]} rest=${rests[index]} place=${places[index]}
        case $word in
            FROM)
                [[ $rest =~ ^debian:1[23]-slim(\ AS\ ([a-z]+))?$ ]] ||
                    wrong "$place" "FROM is debian:12-slim or debian:13-slim, in lower case AS name"
                stages+=("${BASH_REMATCH[2]:-}")
                user="" health=0 entry=0
                ;;
            RUN) lint_run "$place" "$rest" ;;
            COPY)
                if [[ $rest =~ --from=([^ ]+) && " ${stages[*]} " != *" ${BASH_REMATCH[1]} "* ]]
                then
                    wrong "$place" "there is no stage ${BASH_REMATCH[1]} above"
                fi
                ;;
            USER) user=$rest ;;
            HEALTHCHECK)
                health=1
                [[ $rest == *CMD\ \[* ]] || wrong "$place" "write the command as a JSON array"
                ;;
            ENTRYPOINT | CMD)
                entry=1
                [[ $rest == \[* ]] || wrong "$place" "write $word as a JSON array: signals arrive"
                ;;
            WORKDIR) [[ $rest == /* ]] || wrong "$place" "WORKDIR is absolute" ;;
            ENV) [[ $rest == *=* ]] || wrong "$place" "write ENV NAME=value" ;;
            LABEL | EXPOSE) ;;
            *) wrong "$place" "unknown instruction $word" ;;
        esac
    done
    ((${#stages[@]} > 0)) || wrong 1 "there is no FROM"
    [[ $user =~ ^[1-9][0-9]*$ ]] || wrong "$place" "the last stage has no numeric USER but root"
    ((health)) || wrong "$place" "the last stage has no HEALTHCHECK"
    ((entry)) || wrong "$place" "the last stage has no ENTRYPOINT"
}

lint_run() {
    local place=$1 rest=$2
    if [[ $rest == *"apt-get install"* ]]; then
        [[ $rest == *"apt-get update"* ]] || wrong "$place" "update and install in one RUN"
        [[ $rest == *"install -y"* ]] || wrong "$place" "apt-get install needs -y"
        [[ $rest == *"--no-install-recommends"* ]] ||
            wrong "$place" "apt-get install needs --no-install-recommends"
        [[ $rest == *"rm -rf /var/lib/apt/lists"* ]] || wrong "$place" "remove the package lists"
    fi
    if [[ $rest == *sudo* ]]; then wrong "$place" "no sudo"; fi
}

# Turns the JSON array in an instruction's argument into one word per line.
words_of() {
    python3 -c 'import json, sys
text = sys.argv[1]
print("\n".join(json.loads(text[text.index("["):])))' "$1"
}

# --- the roots ----------------------------------------------------------------------------------

work=""
clean_up() {
    local root
    if [[ -z $work ]]; then return 0; fi
    for root in "$work"/*/proc; do
        if mountpoint -q "$root"; then umount "$root"; fi
    done
    if ((keep)); then
        say "kept: $work"
    else
        rm -rf --one-file-system "$work"
    fi
}

# make_base SUITE: a bare root, with the apt settings of this machine (a proxy, for example).
make_base() {
    local suite=$1 base="$work/base-$1" archive=${MARGIND_MIRROR:-}
    if [[ -d $base ]]; then return 0; fi
    if [[ -z $archive ]]; then
        archive=$(apt-get update --print-uris 2>/dev/null |
            sed -n "s#^'\(.*\)/dists/[a-z]*/InRelease'.*#\1#p" | head -n 1)
    fi
    [[ -n $archive ]] || fail "apt has no Debian source; set MARGIND_MIRROR"
    say "making a bare root of $suite"
    debootstrap --variant=minbase "$suite" "$base" "$archive" >"$work/debootstrap.log" 2>&1 ||
        { tail -n 20 "$work/debootstrap.log" >&2 && fail "debootstrap failed"; }
    apt-config dump Acquire | grep -v '^Acquire::IndexTargets' >"$base/etc/apt/apt.conf.d/00host"
    cp /etc/resolv.conf /etc/hosts "$base/etc/"
}

# in_root COMMAND…: runs in the current stage with its environment, folder and user.
in_root() {
    root_command "$@"
    "${command_line[@]}"
}

# Sets command_line, so that a program in the background has its own process id.
root_command() {
    command_line=(chroot)
    if [[ -n $user ]]; then command_line+=("--userspec=$user:$user"); fi
    command_line+=(
        "$root" /usr/bin/env -i "--chdir=$folder" HOME=/root
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        "${environment[@]}" "$@"
    )
}

# The last word is where to; a folder's contents are copied, as COPY does.
copy() {
    local from="$PWD" arguments target source
    read -ra arguments <<<"$1"
    if [[ ${arguments[0]} == --from=* ]]; then
        from="$work/stage-${arguments[0]#--from=}"
        arguments=("${arguments[@]:1}")
    fi
    target=${arguments[-1]}
    unset 'arguments[-1]'
    if [[ $target != /* ]]; then target="$folder/$target"; fi
    for source in "${arguments[@]}"; do
        if [[ $source == . ]]; then
            copy_context "$root$target"
        elif [[ -d $from/$source ]]; then
            mkdir -p "$root$target"
            cp -a --no-preserve=ownership "$from/$source/." "$root$target/"
        else
            if [[ $target == */ ]]; then mkdir -p "$root$target"; fi
            mkdir -p "$(dirname "$root$target")"
            cp -a --no-preserve=ownership "$from/$source" "$root$target"
        fi
    done
}

# The working tree without what .dockerignore names.
copy_context() {
    local names=()
    shopt -s dotglob
    names=(*)
    shopt -u dotglob
    mkdir -p "$1"
    grep -Ev '^(#|$)' .dockerignore |
        tar --create --anchored --wildcards --wildcards-match-slash --exclude-from=/dev/stdin \
            --owner=0 --group=0 "${names[@]}" | tar --extract --directory "$1"
}

do_steps() {
    local index word rest name count=0 suite
    for index in "${!words[@]}"; do
        word=${words[index]} rest=${rests[index]}
        case $word in
            FROM)
                suite=bookworm
                if [[ $rest == debian:13* ]]; then suite=trixie; fi
                make_base "$suite"
                count=$((count + 1))
                name=$count
                if [[ $rest == *" AS "* ]]; then name=${rest##* }; fi
                root="$work/stage-$name" user="" folder=/ environment=()
                cp -a "$work/base-$suite" "$root"
                mount -t proc proc "$root/proc"
                say "stage $name"
                ;;
            WORKDIR)
                folder=$rest
                mkdir -p "$root$folder"
                ;;
            ENV) mapfile -t -O "${#environment[@]}" environment < <(xargs -n 1 <<<"$rest") ;;
            USER) user=$rest ;;
            COPY)
                say "COPY $rest"
                copy "$rest"
                ;;
            RUN)
                say "RUN $(cut -c1-70 <<<"$rest" | head -n 1)…"
                SECONDS=0
                in_root /bin/sh -ec "$rest" >"$work/run.log" 2>&1 ||
                    { tail -n 40 "$work/run.log" >&2 && fail "line ${places[index]}: RUN failed"; }
                say "  done in $SECONDS s"
                ;;
            HEALTHCHECK) mapfile -t health < <(words_of "$rest") ;;
            ENTRYPOINT) mapfile -t entry < <(words_of "$rest") ;;
        esac
    done
}

# --- the image ----------------------------------------------------------------------------------

# Runs inside a network of its own, where every port is free.
run_image() {
    local pid redis code=0 healthy=0
    python3 -c 'import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x41))'   # lo up
    if [[ -x $work/stage-build/usr/bin/redis-server ]]; then
        chroot "$work/stage-build" redis-server --save '' --dir /tmp >"$work/redis.log" 2>&1 &
        redis=$!
    fi
    root_command "${entry[@]}"
    "${command_line[@]}" >"$work/margind.log" 2>&1 &
    pid=$!
    for _ in {1..60}; do
        if in_root "${health[@]}" >"$work/health.log" 2>&1; then
            healthy=1
            break
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.5
    done
    grep '^Uid' "/proc/$pid/status" 2>/dev/null | grep -qw "$user" || healthy=0
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" || code=$?
    if [[ -n ${redis:-} ]]; then
        kill "$redis"
        wait "$redis" || true
    fi
    if ((!healthy || code != 0)); then
        tail -n 20 "$work/margind.log" "$work/health.log" >&2
        fail "healthy as user $user: $healthy; exit code after SIGTERM: $code"
    fi
    say "the health check passes as user $user, SIGTERM ends it with 0"
}

command_line=() root="" user="" folder=/ environment=() health=() entry=()
lint_only=0 keep=0 dockerfile=Dockerfile inside=0
for argument in "$@"; do
    case $argument in
        --lint) lint_only=1 ;;
        --keep) keep=1 ;;
        --inside) inside=1 ;;   # how this script calls itself in a mount namespace of its own
        -h | --help)
            usage
            exit 0
            ;;
        -*)
            usage >&2
            exit 2
            ;;
        *) dockerfile=$argument ;;
    esac
done

read_dockerfile "$dockerfile"
lint
if ((problems)); then fail "$problems found"; fi
if ((!inside)); then say "$dockerfile: ${#words[@]} instructions, nothing wrong"; fi
if ((lint_only)); then exit 0; fi
((EUID == 0)) || fail "run this as root"
command -v debootstrap >/dev/null || fail "install debootstrap"
# In a mount namespace of its own: whatever happens, no mount is left behind.
if ((!inside)); then exec unshare --mount --propagation private "$0" --inside "$@"; fi

work=$(mktemp -d)
chmod 755 "$work"
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
do_steps
say "the image holds $(du -sm --one-file-system "$root" | cut -f1) MB," \
    "the bare system $(du -sm "$work"/base-* | tail -n 1 | cut -f1) MB"
export -f run_image in_root root_command say fail
unshare --net bash -c "set -euo pipefail
$(declare -p work root user folder environment health entry)
run_image"
say "all steps of $dockerfile work"
