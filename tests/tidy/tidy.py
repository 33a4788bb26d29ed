#!/usr/bin/env python3
"""Checks that the source obeys the booklet: floors, sizes and a few banned words.

usage: tidy.py [ROOT]

Prints `file:line: rule: what is wrong` for each finding and exits with 1 if there is any.
The lists below are the place to say otherwise.
"""

import os
import re
import sys
from pathlib import Path, PurePosixPath

COLUMNS_MAX = 100
HEADER_LINES_MAX = 250
SOURCE_LINES_MAX = 400

# A floor may include itself and the floors of a lower storey. The rooms of storey 3 do not see
# each other: neither one adapter another, nor an adapter the service, nor the service an adapter.
STOREYS = {"core": 0, "ports": 1, "wire": 2, "adapters": 3, "service": 3, "http": 4, "app": 5}

# The rooms of the core: each may include itself and those before it.
CORE_ROOMS = ["base", "prop", "rules", "market", "book", "valuation", "stop_out", "watch",
              "explain", "engine"]

# Boost.Beast is not used (decision 0005); Boost.Redis stays in its folder: each file that sees it
# costs the build minutes.
BOOST_REDIS_FOLDER = "src/adapters/redis/"

# What `core` may include besides itself and the standard library.
CORE_LIBRARIES = re.compile(r"boost/(unordered|system)([/_.]|$)")
CORE_INTRINSICS = {"immintrin.h", "arm_neon.h"}
# Parts of the standard library that mean a thread, a clock, chance, a file or a log.
CORE_FORBIDDEN = {
    "barrier", "condition_variable", "ctime", "filesystem", "fstream", "future", "iostream",
    "latch", "mutex", "random", "semaphore", "shared_mutex", "stop_token", "syncstream", "thread",
}

# The exact oracle of the tests is no witness if it computes with what it is to judge: of the house
# it knows the types of its input.
ORACLE = re.compile(r"tests/support/exact_(number|market|oracle|margin)\.[ch]pp$")
ORACLE_INPUTS = re.compile(
    r"include/margind/core/(book/account|rules/instrument|rules/rules|base/units|base/money)\.hpp$")

# Floors that never write to the terminal themselves.
SILENT_FLOORS = {"core", "ports", "wire", "service"}

HEADER_SUFFIXES = {".hpp", ".h"}
SOURCE_SUFFIXES = {".cpp", ".cc", ".ipp"}
SKIPPED_FOLDERS = {"build", "node_modules", "third_party", "__pycache__", "corpus"}

LEFT_OVER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
                       + r")\b")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]')
DETACHED = re.compile(r"\basio\s*::\s*detached(_t)?\b|\busing\b[^;]*::\s*detached\s*;")
SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.:>])(::)?sleep\s*\(")
PRINT = re.compile(r"\bstd\s*::\s*(cout|cerr|clog|print|println|puts|printf|fprintf)\b"
                   r"|(?<![\w.:>])(printf|fprintf|puts|fputs|putchar)\s*\("
                   r"|\bfmt\s*::\s*print(ln)?\b")

LEXEME = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?(?:\*/|\Z))
      | (?P<raw>\b(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?(?:\)(?P=mark)"|\Z))
      | (?P<text>"(?:\\.|[^"\\\n])*"?)
      | (?P<number>\b[0-9](?:'?[0-9A-Za-z_.])*)
      | (?P<char>'(?:\\.|[^'\\\n])*'?)
    """, re.VERBOSE | re.DOTALL)


class Finding:
    """One broken rule at one place."""

    def __init__(self, path, line, rule, text):
        self.path, self.line, self.rule, self.text = path, line, rule, text

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


def blank(text):
    """The same lines and columns, with nothing in them."""
    return re.sub(r"[^\n]", " ", text)


def code_of(source):
    """C++ source without its comments and the contents of its literals, in the same places."""

    def replace(match):
        if match.lastgroup == "number":
            return match.group()
        return blank(match.group())

    # An include's name looks like a string: it must survive.
    lines = source.split("\n")
    code = LEXEME.sub(replace, source).split("\n")
    for index, line in enumerate(code):
        if re.match(r"[ \t]*#[ \t]*include\b", line):
            code[index] = lines[index].split("//")[0]
    return code


class Floor:
    """Where a file lives: its storey, and the room on it that does not see its neighbours."""

    def __init__(self, name, room=""):
        self.name, self.room = name, room

    def __str__(self):
        return f"{self.name}/{self.room}" if self.room else self.name

    def may_include(self, other):
        mine, its = STOREYS[self.name], STOREYS[other.name]
        if mine == its == STOREYS["core"] and self.room and other.room:
            return CORE_ROOMS.index(other.room) <= CORE_ROOMS.index(self.room)
        return its < mine or (self.name, self.room) == (other.name, other.room)


def floor_of(path):
    """The floor of a repository path; None outside the house; a text when it has no floor."""
    parts = PurePosixPath(path).parts
    if parts[0] == "src":
        rest = parts[1:]
    elif parts[:2] == ("include", "margind"):
        rest = parts[2:]
        if len(rest) == 1:
            # What everybody may know (version.hpp), or a list of all public headers.
            return Floor("core" if rest[0].startswith("version") else "ports")
    else:
        return None
    if len(rest) < 2 or rest[0] not in STOREYS:
        return f"belongs to no floor; the floors are {', '.join(STOREYS)}"
    if rest[0] == "core":
        if len(rest) < 3 or rest[1] not in CORE_ROOMS:
            return f"belongs to no room of the core; the rooms are {', '.join(CORE_ROOMS)}"
        return Floor("core", rest[1])
    if rest[0] != "adapters":
        return Floor(rest[0])
    if len(rest) < 3:
        return "an adapter has a folder of its own below adapters/"
    return Floor("adapters", rest[1])


class Tree:
    """The files of the project as one set of paths, and what was found in them."""

    def __init__(self, root):
        self.root = Path(root)
        self.paths = sorted(self._walk())
        self.known = set(self.paths)
        self.findings = []

    def _walk(self):
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders
                          if name not in SKIPPED_FOLDERS and not name.startswith("build-")
                          and (not name.startswith(".") or name == ".ci")]
            for name in files:
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    def found(self, path, line, rule, text):
        self.findings.append(Finding(path, line, rule, text))

    # --- the rules ------------------------------------------------------------------------------

    def check(self):
        for path in self.paths:
            kind = self.kind_of(path)
            if kind is None:
                continue
            try:
                source = (self.root / path).read_bytes().decode("utf-8")
            except UnicodeDecodeError as error:
                self.found(path, 1, "encoding", f"not UTF-8: {error.reason}")
                continue
            lines = source.split("\n")
            if lines and lines[-1] == "":
                lines.pop()
            self.check_text(path, lines)
            if kind == "c++":
                self.check_cpp(path, source, lines)
        return self.findings

    def kind_of(self, path):
        name = PurePosixPath(path)
        if name.suffix in HEADER_SUFFIXES | SOURCE_SUFFIXES:
            return "c++"
        if name.suffix in {".py", ".sh", ".cmake"} or name.name == "CMakeLists.txt":
            return "text"
        if not name.suffix:
            with open(self.root / path, "rb") as file:
                if re.match(rb"#!.*\b(bash|sh|python3?)\b", file.readline(200)):
                    return "text"
        return None

    def check_text(self, path, lines):
        for number, line in enumerate(lines, 1):
            if "\t" in line:
                self.found(path, number, "tab", "indent with spaces; write \\t in a literal")
            if line != line.rstrip():
                self.found(path, number, "trailing-space", "the line ends in white space")
            # An address cannot be broken: a comment line may be as long as one.
            if len(line) > COLUMNS_MAX and not re.match(r"\s*(//|///|#)\s*\S*://\S+$", line):
                self.found(path, number, "line-length",
                           f"{len(line)} columns, {COLUMNS_MAX} are allowed")
            if match := LEFT_OVER.search(line):
                self.found(path, number, "left-over", f"{match.group()}: mend it, or drop it")

    def check_cpp(self, path, source, lines):
        code = code_of(source)
        is_header = PurePosixPath(path).suffix in HEADER_SUFFIXES
        limit = HEADER_LINES_MAX if is_header else SOURCE_LINES_MAX
        if len(lines) > limit:
            self.found(path, limit + 1, "file-length", f"{len(lines)} lines, {limit} are allowed")
        if is_header and not any(re.match(r"\s*#\s*pragma\s+once\b", line) for line in code):
            self.found(path, 1, "pragma-once", "a header starts with #pragma once")

        floor = floor_of(path)
        if isinstance(floor, str):
            self.found(path, 1, "floor", floor)
            floor = None
        for number, line in enumerate(code, 1):
            if match := INCLUDE.match(line):
                self.check_include(path, number, floor, match.group(2), match.group(1) == '"')
            else:
                self.check_words(path, number, floor, line)

    def check_words(self, path, number, floor, line):
        if DETACHED.search(line):
            self.found(path, number, "detached",
                       "asio::detached swallows exceptions; give the coroutine to a TaskGroup")
        if path.startswith("tests/") and SLEEP.search(line):
            self.found(path, number, "sleep", "a test waits for an event, never for a while")
        if floor and floor.name in SILENT_FLOORS and PRINT.search(line):
            self.found(path, number, "print", f"{floor.name} does not write to the terminal")

    def check_include(self, path, number, floor, name, quoted):
        self.check_library(path, number, floor, name)
        target = self.resolve(path, name, quoted)
        if target is None:
            if floor and floor.name == "core" and not self.core_may_include(name):
                self.found(path, number, "core-include",
                           f"<{name}>: core includes only std, boost::unordered, boost::system")
            return
        top, target_floor = target.split("/")[0], floor_of(target)
        if (ORACLE.match(path) and top in ("include", "src")
                and not ORACLE_INPUTS.match(target)):
            self.found(path, number, "oracle",
                       f"{name}: of the house the exact oracle includes the input types only")
        if path.startswith("include/") and top != "include":
            self.found(path, number, "public-include",
                       f"{name}: a public header includes no file of {top}/")
        if path.startswith(("include/", "src/")) and top not in ("include", "src"):
            self.found(path, number, "floor", f"{name}: the house includes nothing of {top}/")
        if not isinstance(target_floor, Floor):
            return
        if floor and not floor.may_include(target_floor):
            self.found(path, number, "floor", f"{floor} includes {target_floor} ({name})")
        if path.startswith("tools/") and target_floor.name == "app":
            self.found(path, number, "floor", f"a tool includes app ({name})")

    def check_library(self, path, number, floor, name):
        if name == "boost/asio.hpp":
            self.found(path, number, "umbrella", f"<{name}>: include the parts in use")
        if name == "boost/asio/detached.hpp":
            self.found(path, number, "detached", f"<{name}>: asio::detached is banned")
        if re.match(r"boost/beast(/|\.hpp)", name):
            self.found(path, number, "beast", f"<{name}>: HTTP is our own (decision 0005)")
        if re.match(r"boost/redis(/|\.hpp)", name) and not path.startswith(BOOST_REDIS_FOLDER):
            self.found(path, number, "boost-redis", f"<{name}>: only {BOOST_REDIS_FOLDER} may")
        if floor and floor.name == "core" and name in CORE_FORBIDDEN:
            self.found(path, number, "core-include",
                       f"<{name}>: core has no thread, clock, chance, file or log")

    @staticmethod
    def core_may_include(name):
        is_standard = re.fullmatch(r"[a-z0-9_]+", name) is not None
        return is_standard or name in CORE_INTRINSICS or CORE_LIBRARIES.match(name) is not None

    def resolve(self, path, name, quoted):
        """The repository path that an include means; None when it is not of this project."""
        candidates = []
        if quoted:
            beside = os.path.normpath(PurePosixPath(path).parent / name)
            candidates.append(PurePosixPath(beside).as_posix())
        candidates += [f"{folder}/{name}" for folder in ("include", "src", "tools", "tests", ".")]
        for candidate in candidates:
            candidate = os.path.normpath(candidate)
            if candidate in self.known:
                return candidate
        # Not there (generated, or a slip): believe the name.
        parts = PurePosixPath(os.path.normpath(name)).parts
        if parts[0] == "margind":
            return "include/" + "/".join(parts)
        if quoted and len(parts) > 1 and parts[0] in STOREYS:
            return "src/" + "/".join(parts)
        return None


def main(arguments):
    if len(arguments) > 2 or (len(arguments) == 2 and arguments[1].startswith("-")):
        print(__doc__.strip())
        return 0 if arguments[1:] in (["-h"], ["--help"]) else 2
    root = Path(arguments[1]) if len(arguments) == 2 else Path(__file__).resolve().parents[2]
    tree = Tree(root)
    for finding in tree.check():
        print(finding)
    files = sum(tree.kind_of(path) is not None for path in tree.paths)
    if files == 0:
        print(f"tidy: {root} has no source files")
        return 2
    print(f"tidy: files {files}, findings {len(tree.findings)}")
    return 1 if tree.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
