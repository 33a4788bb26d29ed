#!/usr/bin/env bash
# Sets up, builds and runs the demo on the embedded store: no Redis, nothing to configure.
# Arguments go to `margind demo`; `tools/demo.sh --help` shows them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh
cmake --preset release
cmake --build build/release --parallel "${MARGIND_JOBS:-2}" --target margind
exec build/release/bin/margind demo "$@"
