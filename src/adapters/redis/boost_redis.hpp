#pragma once
#include <boost/version.hpp>

// Boost.Redis up to 1.92 trusts the server's bytes: `$` with an empty line ends the process (an
// exception in a noexcept function), and nested `$?` write beyond an array. For the version looked
// at, the parser is ours (resp3_parser.cpp): it refuses both, and reads a message in half the time.
#define MARGIND_OWN_RESP3_PARSER (BOOST_VERSION / 100 == 1092)
