#!/usr/bin/env python3
"""Feeds tidy.py small bad trees and sees each rule fail, and good ones and sees none."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tidy

SCRIPT = Path(tidy.__file__).resolve()
ONCE = "#pragma once\n"


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def findings(self):
        return [(found.rule, found.path, found.line) for found in tidy.Tree(self.root).check()]

    def assert_clean(self):
        self.assertEqual(self.findings(), [])

    def assert_found(self, rule, path, line):
        self.assertEqual(self.findings(), [(rule, path, line)])

    def house(self):
        """One header per floor, at the place where each belongs."""
        self.write("include/margind/core/base/money.hpp", ONCE)
        self.write("include/margind/ports/ticker.hpp", ONCE)
        self.write("src/wire/json.hpp", ONCE)
        self.write("src/adapters/memory/store.hpp", ONCE)
        self.write("src/adapters/redis/router.hpp", ONCE)
        self.write("src/service/beat.hpp", ONCE)
        self.write("src/http/routes.hpp", ONCE)
        self.write("src/app/config.hpp", ONCE)
        self.write("tools/load/market.hpp", ONCE)
        self.write("tests/support/world.hpp", ONCE)


NAME = {
    "core": "margind/core/base/money.hpp",
    "ports": "margind/ports/ticker.hpp",
    "wire": "wire/json.hpp",
    "adapters/memory": "adapters/memory/store.hpp",
    "adapters/redis": "adapters/redis/router.hpp",
    "service": "service/beat.hpp",
    "http": "http/routes.hpp",
    "app": "app/config.hpp",
}

BELOW = {
    "core": {"core"},
    "ports": {"core", "ports"},
    "wire": {"core", "ports", "wire"},
    "adapters/memory": {"core", "ports", "wire", "adapters/memory"},
    "adapters/redis": {"core", "ports", "wire", "adapters/redis"},
    "service": {"core", "ports", "wire", "service"},
    "http": set(NAME) - {"app"},
    "app": set(NAME),
}


class Floors(TidyTest):
    def test_every_pair_of_floors_is_allowed_or_refused_as_the_design_says(self):
        for mine, below in BELOW.items():
            for other, name in NAME.items():
                with self.subTest(f"{mine} includes {other}"):
                    self.house()
                    path = f"src/{mine}{'/base' if mine == 'core' else ''}/probe.cpp"
                    self.write(path, f'// probe\n#include "{name}"\n')
                    if other in below:
                        self.assert_clean()
                    else:
                        self.assert_found("floor", path, 2)
                    (self.root / path).unlink()

    def test_a_room_of_the_core_includes_itself_and_those_before_it(self):
        for mine, room in enumerate(tidy.CORE_ROOMS):
            for its, other in enumerate(tidy.CORE_ROOMS):
                with self.subTest(f"{room} includes {other}"):
                    self.write(f"include/margind/core/{other}/other.hpp", ONCE)
                    path = f"src/core/{room}/probe.cpp"
                    self.write(path, f'// probe\n#include "margind/core/{other}/other.hpp"\n')
                    if its <= mine:
                        self.assert_clean()
                    else:
                        self.assert_found("floor", path, 2)
                    (self.root / path).unlink()

    def test_angle_brackets_hide_nothing(self):
        self.house()
        self.write("include/margind/core/book/book.hpp",
                   ONCE + "#include <margind/ports/ticker.hpp>\n")
        self.assert_found("floor", "include/margind/core/book/book.hpp", 2)

    def test_a_relative_path_hides_nothing(self):
        self.house()
        self.write("src/service/write.cpp", '#include "../adapters/redis/router.hpp"\n')
        self.assert_found("floor", "src/service/write.cpp", 1)

    def test_a_file_beside_is_found_before_one_of_the_same_name_elsewhere(self):
        self.house()
        self.write("src/wire/market.hpp", ONCE)
        self.write("src/wire/market.cpp", '#include "market.hpp"\n')
        self.assert_clean()

    def test_a_header_that_does_not_exist_is_judged_by_its_name(self):
        self.write("src/wire/json.cpp", '#include "service/generated.hpp"\n')
        self.assert_found("floor", "src/wire/json.cpp", 1)

    def test_tools_include_everything_but_app(self):
        self.house()
        names = [name for floor, name in NAME.items() if floor != "app"]
        self.write("tools/load/main.cpp", "".join(f'#include "{name}"\n' for name in names))
        self.assert_clean()
        self.write("tools/load/main.cpp", '#include "app/config.hpp"\n')
        self.assert_found("floor", "tools/load/main.cpp", 1)

    def test_tests_include_everything(self):
        self.house()
        text = "".join(f'#include "{name}"\n' for name in NAME.values())
        self.write("tests/unit/all.cpp", text + '#include "support/world.hpp"\n')
        self.assert_clean()

    def test_the_exact_oracle_includes_input_types_only(self):
        self.house()
        self.write("include/margind/core/book/account.hpp", ONCE)
        self.write("include/margind/core/rules/margin_formula.hpp", ONCE)
        self.write("tests/support/exact_margin.cpp", '#include "margind/core/book/account.hpp"\n'
                   '#include "support/exact_margin.hpp"\n'
                   '#include "margind/core/rules/margin_formula.hpp"\n')
        self.assert_found("oracle", "tests/support/exact_margin.cpp", 3)

    def test_the_house_includes_neither_tests_nor_tools(self):
        self.house()
        self.write("src/app/main.cpp", '#include "support/world.hpp"\n#include "load/market.hpp"\n')
        self.assertEqual(self.findings(), [("floor", "src/app/main.cpp", 1),
                                           ("floor", "src/app/main.cpp", 2)])

    def test_a_public_header_includes_no_private_one(self):
        self.house()
        self.write("src/core/book/detail.hpp", ONCE)
        self.write("include/margind/core/book/book.hpp", ONCE + '#include "core/book/detail.hpp"\n')
        self.assert_found("public-include", "include/margind/core/book/book.hpp", 2)

    def test_a_file_without_a_floor_is_named(self):
        for path in ("src/main.cpp", "src/common/strings.cpp", "src/adapters/shared.cpp",
                     "src/core/money.cpp", "src/core/hall/money.cpp"):
            with self.subTest(path):
                self.write(path, "")
                self.assert_found("floor", path, 1)
                (self.root / path).unlink()

    def test_an_include_in_a_comment_or_a_literal_is_none(self):
        self.house()
        self.write("src/core/base/a.cpp", '// #include "app/config.hpp"\n'
                   '/*\n#include "app/config.hpp"\n*/\n'
                   'auto text = R"(\n#include "app/config.hpp"\n)";\n')
        self.assert_clean()


class CoreIncludes(TidyTest):
    def test_std_and_the_two_boost_libraries_are_welcome(self):
        self.house()
        self.write("src/core/base/a.cpp", "#include <vector>\n#include <immintrin.h>\n"
                   "#include <boost/unordered/unordered_flat_map.hpp>\n"
                   "#include <boost/unordered_map.hpp>\n"
                   "#include <boost/system/error_code.hpp>\n#include <boost/system.hpp>\n")
        self.assert_clean()

    def test_everything_else_is_refused(self):
        for name in ("fmt/format.h", "spdlog/spdlog.h", "boost/asio/awaitable.hpp", "unistd.h",
                     "boost/systematic.hpp", "thread", "chrono.h", "random", "iostream", "mutex"):
            with self.subTest(name):
                self.write("src/core/base/a.cpp", f"#include <{name}>\n")
                self.assert_found("core-include", "src/core/base/a.cpp", 1)

    def test_the_rule_ends_where_core_ends(self):
        self.write("src/wire/a.cpp", "#include <fmt/format.h>\n#include <thread>\n")
        self.assert_clean()


class Libraries(TidyTest):
    def test_the_umbrella_of_asio_is_refused_everywhere(self):
        for path in ("src/service/a.cpp", "tests/unit/a.cpp", "tools/load/a.cpp"):
            with self.subTest(path):
                self.write(path, "#include <boost/asio.hpp>\n")
                self.assert_found("umbrella", path, 1)
                (self.root / path).unlink()

    def test_beast_is_nowhere(self):
        self.write("src/http/routes.cpp", "\n#include <boost/beast/http.hpp>\n")
        self.assert_found("beast", "src/http/routes.cpp", 2)

    def test_boost_redis_stays_in_its_adapter(self):
        self.write("src/adapters/redis/a.cpp", "#include <boost/redis/connection.hpp>\n")
        self.assert_clean()
        self.write("tests/integration/a.cpp", "#include <boost/redis.hpp>\n")
        self.assert_found("boost-redis", "tests/integration/a.cpp", 1)


class Words(TidyTest):
    def test_detached_is_refused(self):
        for line in ("co_spawn(io, run(), asio::detached);", "spawn(boost::asio::detached_t{});",
                     "using boost::asio::detached;", "#include <boost/asio/detached.hpp>"):
            with self.subTest(line):
                self.write("src/service/a.cpp", f"\n{line}\n")
                self.assert_found("detached", "src/service/a.cpp", 2)

    def test_detached_may_be_talked_about(self):
        self.write("src/service/a.cpp", '// asio::detached is banned\nlog("asio::detached");\n')
        self.assert_clean()

    def test_sleep_is_refused_in_tests(self):
        for line in ("std::this_thread::sleep_for(1s);", "std::this_thread::sleep_until(then);",
                     "usleep(5);", "::sleep(1);", "sleep(1);"):
            with self.subTest(line):
                self.write("tests/unit/a.cpp", f"{line}\n")
                self.assert_found("sleep", "tests/unit/a.cpp", 1)

    def test_sleep_elsewhere_or_in_a_name_is_none_of_its_business(self):
        self.write("tools/load/a.cpp", "std::this_thread::sleep_for(1s);\n")
        self.write("tests/unit/a.cpp", "// no sleep_for here\nclock.sleep(1); oversleep(2);\n")
        self.assert_clean()

    def test_the_silent_floors_do_not_print(self):
        for floor in ("core/base", "wire", "service"):
            for line in ("std::cout << 1;", "std::cerr << 1;", 'printf("x");', 'std::puts("x");',
                         'std::fprintf(stderr, "x");', 'fmt::print("x");'):
                with self.subTest(f"{floor}: {line}"):
                    self.write(f"src/{floor}/a.cpp", f"{line}\n")
                    self.assert_found("print", f"src/{floor}/a.cpp", 1)
                    (self.root / f"src/{floor}/a.cpp").unlink()

    def test_printing_is_allowed_above_and_formatting_everywhere(self):
        self.write("src/app/a.cpp", "std::cout << 1;\n")
        self.write("src/wire/a.cpp", 'std::snprintf(text, 9, "x"); out.puts(1); // printf("x")\n')
        self.assert_clean()

    def test_left_over_marks_are_refused_also_in_comments_and_scripts(self):
        for mark in ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"):
            for path in ("src/core/base/a.cpp", "tools/a.sh", "tools/a.py", "CMakeLists.txt"):
                with self.subTest(f"{path}: {mark}"):
                    self.write(path, f"\n# {mark}: later\n")
                    self.assert_found("left-over", path, 2)
                    (self.root / path).unlink()

    def test_a_longer_word_is_no_mark(self):
        self.write("tools/a.sh", "mktemp -t a.XX" + "XXXX\n")
        self.assert_clean()


class Shape(TidyTest):
    def test_columns_count_characters_not_bytes(self):
        self.write("src/core/base/a.cpp", "//" + "·" * 98 + "\n")
        self.assert_clean()
        self.write("src/core/base/a.cpp", "\n//" + "·" * 99 + "\n")
        self.assert_found("line-length", "src/core/base/a.cpp", 2)

    def test_a_comment_that_is_one_address_may_be_long(self):
        self.write("src/core/base/a.cpp", "// https://example.com/" + "a" * 100 + "\n")
        self.assert_clean()

    def test_a_header_has_at_most_250_lines_and_a_source_400(self):
        self.write("src/wire/a.hpp", ONCE + "//\n" * 249)
        self.write("src/wire/a.cpp", "//\n" * 400)
        self.assert_clean()
        self.write("src/wire/a.hpp", ONCE + "//\n" * 250)
        self.assert_found("file-length", "src/wire/a.hpp", 251)
        self.write("src/wire/a.hpp", ONCE)
        self.write("src/wire/a.cpp", "//\n" * 401)
        self.assert_found("file-length", "src/wire/a.cpp", 401)

    def test_tabs_and_trailing_space_are_refused_in_code_and_scripts(self):
        for path in ("src/core/base/a.cpp", "tools/a.sh", "tools/a.py", "tools/dev/no_suffix"):
            start = "#!/usr/bin/env bash\n"
            for rule, line in (("tab", "#\tx"), ("trailing-space", "# x "),
                               ("trailing-space", "# x\r")):
                with self.subTest(f"{path}: {line!r}"):
                    self.write(path, f"{start}{line}\n")
                    self.assert_found(rule, path, 2)
                    (self.root / path).unlink()

    def test_a_header_without_pragma_once_is_refused(self):
        self.write("src/wire/a.hpp", "// #pragma once\n")
        self.assert_found("pragma-once", "src/wire/a.hpp", 1)

    def test_bytes_that_are_not_utf8_are_named(self):
        self.write("src/wire/a.cpp", b"// \xff\n")
        self.assert_found("encoding", "src/wire/a.cpp", 1)

    def test_what_the_build_leaves_is_not_looked_at(self):
        for folder in ("build/dev", "build-x", ".git", "tests/fuzz/corpus", "node_modules/a"):
            self.write(f"{folder}/a.cpp", "\t\n")
        self.assert_clean()


class Literals(TidyTest):
    def code(self, source):
        return "\n".join(tidy.code_of(source))

    def test_places_stay_where_they_were(self):
        source = 'a("x//y"); /* b\nc */ d; // e\nf(R"x(\n")x"); g'
        code = self.code(source)
        self.assertEqual([len(line) for line in code.split("\n")],
                         [len(line) for line in source.split("\n")])
        self.assertEqual(code.split(), ["a(", ");", "d;", "f(", ");", "g"])

    def test_digit_separators_are_no_quotes(self):
        self.assertEqual(self.code("f(1'000'000); g('x'); h(0xff'ffu);").split(),
                         ["f(1'000'000);", "g(", ");", "h(0xff'ffu);"])

    def test_escaped_quotes_do_not_end_a_literal(self):
        self.assertEqual(self.code('a("\\"b\\\\"); c(\'\\\'\'); d').split(),
                         ["a(", ");", "c(", ");", "d"])


class CommandLine(TidyTest):
    def run_script(self, *arguments):
        return subprocess.run([sys.executable, "-B", str(SCRIPT), *arguments],
                              capture_output=True, text=True, check=False)

    def test_findings_name_file_and_line_and_fail(self):
        self.write("src/core/base/a.cpp", "\n#include <fmt/format.h>\n")
        result = self.run_script(str(self.root))
        self.assertEqual(result.returncode, 1)
        self.assertIn("src/core/base/a.cpp:2: core-include: <fmt/format.h>", result.stdout)
        self.assertIn("files 1, findings 1\n", result.stdout)

    def test_a_clean_tree_passes(self):
        self.house()
        result = self.run_script(str(self.root))
        self.assertEqual((result.returncode, result.stdout), (0, "tidy: files 10, findings 0\n"))

    def test_a_tree_without_source_is_a_mistake_and_does_not_pass(self):
        self.assertEqual(self.run_script(str(self.root)).returncode, 2)

    def test_usage(self):
        self.assertEqual(self.run_script("--help").returncode, 0)
        self.assertEqual(self.run_script("a", "b").returncode, 2)


if __name__ == "__main__":
    unittest.main()
