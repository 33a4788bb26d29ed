# Libraries. tools/setup.sh installs every one of them.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(simdjson REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus QUIET)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)  # time zones, from the system's database (the package tzdata)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
add_library(margind::zstd ALIAS PkgConfig::ZSTD)
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)  # the header is all of it: nothing is linked
add_library(margind_xxhash INTERFACE)
add_library(margind::xxhash ALIAS margind_xxhash)
target_include_directories(margind_xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE_DIR})
if(NOT TARGET tomlplusplus::tomlplusplus)
  find_path(TOMLPP_INCLUDE_DIR toml++/toml.h REQUIRED)
  add_library(tomlplusplus::tomlplusplus INTERFACE IMPORTED)
  target_include_directories(tomlplusplus::tomlplusplus INTERFACE ${TOMLPP_INCLUDE_DIR})
endif()

# Boost: headers only, 1.91 or later (its Redis and HTTP parts were repaired there). The system's
# own where it is new enough, else the local prefix that tools/setup.sh fills.
set(MARGIND_DEPS "/opt/margind" CACHE PATH "Local prefix for libraries the system has too old")
if(DEFINED ENV{MARGIND_DEPS})
  set(MARGIND_DEPS "$ENV{MARGIND_DEPS}")
endif()
find_path(MARGIND_BOOST_INCLUDE_DIR boost/redis/connection.hpp
  HINTS "${MARGIND_DEPS}/boost/include" DOC "Directory that holds boost/")
if(NOT MARGIND_BOOST_INCLUDE_DIR)
  message(FATAL_ERROR "Boost headers 1.91 or later not found: run tools/setup.sh, or set "
                      "MARGIND_BOOST_INCLUDE_DIR.")
endif()
file(STRINGS "${MARGIND_BOOST_INCLUDE_DIR}/boost/version.hpp" boost_version
     REGEX "define BOOST_VERSION ")
string(REGEX MATCH "[0-9]+" boost_version "${boost_version}")
if(boost_version LESS 109100)
  message(FATAL_ERROR "Boost ${boost_version} in ${MARGIND_BOOST_INCLUDE_DIR} is older than 1.91: "
                      "run tools/setup.sh.")
endif()
add_library(margind_boost INTERFACE)
add_library(margind::boost ALIAS margind_boost)
target_include_directories(margind_boost SYSTEM INTERFACE ${MARGIND_BOOST_INCLUDE_DIR})
target_compile_definitions(margind_boost INTERFACE BOOST_ASIO_NO_DEPRECATED
                           BOOST_ASIO_DISABLE_BOOST_CONTEXT_FIBER)
