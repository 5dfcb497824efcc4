#!/usr/bin/env bash
# Publishes the server, loads it with the load client of tests/ExecActors.Benchmarks, and prints a table of results as markdown.
#
#   scripts/bench.sh [--second 'COMMAND with {port}'] [--scenario LIST] [--rounds N] [--home DIR] [--quickack]
#
# With --second another exec-server is measured in the same run, by turns, and the table has the ratio:
#   scripts/bench.sh --second 'codex exec-server --listen ws://127.0.0.1:{port}'
# Each server gets a fresh HOME below artifacts/bench, or below --home: for its sandbox the reference server needs one outside the system's temporary folder.
# The table goes to standard output, progress to standard error. Exit code 1: a scenario failed; 2: wrong usage. See docs/PERFORMANCE.md.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
bin=artifacts/execactors client=artifacts/bench-client

{
  dotnet publish src/ExecActors.Server -c Release -o "$bin" -v quiet
  dotnet publish tests/ExecActors.Benchmarks -c Release -o "$client" -v quiet
} >&2

commit=$(git describe --always --dirty 2> /dev/null || echo unknown)
exec dotnet "$client/ExecActors.Benchmarks.dll" load \
  --first "$PWD/$bin/execactors serve --listen ws://127.0.0.1:{port}" --home "$PWD/artifacts/bench" --commit "$commit" "$@"
