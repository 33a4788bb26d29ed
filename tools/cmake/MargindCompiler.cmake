# Compiler settings, carried by one interface target and by nothing global.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines (double free where a temporary "
    "aggregate or a capturing lambda shares an expression with co_await). Use clang 19 "
    "(tools/setup.sh installs it) or g++ 13.")
endif()

set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
find_program(MARGIND_CCACHE ccache)
if(MARGIND_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Sloppiness lets ccache see through precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${MARGIND_CCACHE})
endif()

add_library(margind_options INTERFACE)
target_compile_features(margind_options INTERFACE cxx_std_23)
target_include_directories(margind_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
# Every build and every vector width gives the same bits: no contraction, never fast-math.
target_compile_options(margind_options INTERFACE -ffp-contract=off)

add_library(margind_internal INTERFACE)
target_compile_options(margind_internal INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-designated-field-initializers>
  $<$<BOOL:${MARGIND_WERROR}>:-Werror> $<$<CXX_COMPILER_ID:Clang>:-Xclang -fno-pch-timestamp>)
target_include_directories(margind_internal INTERFACE ${PROJECT_SOURCE_DIR}/src)
if(MARGIND_SANITIZE)
  # No vptr check: it opens a pipe to look at memory, and fails where a test exhausts descriptors.
  target_compile_options(margind_internal INTERFACE
    -fsanitize=${MARGIND_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer
    -fno-sanitize-recover=all -O1 -g1)
  target_link_options(margind_internal INTERFACE -fsanitize=${MARGIND_SANITIZE})
endif()
if(MARGIND_FUZZ)
  target_compile_options(margind_internal INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  find_program(MARGIND_LLD NAMES ld.lld-19 ld.lld)
  if(MARGIND_LLD)
    target_link_options(margind_internal INTERFACE --ld-path=${MARGIND_LLD})
  endif()
endif()
