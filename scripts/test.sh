#!/usr/bin/env bash
# Publishes the binary, builds everything, runs all tests, those of the whole program against what was published, and ends with one line:
# `N passed, N failed, N skipped`, summed over all test projects. With EXECACTORS_BIN another binary is tested, and none published.
# Arguments go to `dotnet test` (for instance --filter NAME). The exit code is 0 only when something ran and nothing failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1

# Before the build: publishing native code takes the program for the runtime away, which other tests start.
if [ -z "${EXECACTORS_BIN:-}" ]; then
  dotnet publish src/ExecActors.Server -c Release -o artifacts/execactors || exit 1
  export EXECACTORS_BIN=$PWD/artifacts/execactors/execactors
fi
dotnet build ExecActors.sln -c Release || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
for project in tests/*.Tests/*.csproj; do
  # One project after the other: two test runs on two cores would disturb each other's time-outs.
  dotnet test "$project" -c Release --no-build "$@" 2>&1 | tee -a "$log" || status=1
done

sum() { grep -E '(Passed|Failed)! +- ' "$log" | sed -nE "s/.*$1: +([0-9]+).*/\1/p" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
[ "$failed" -gt 0 ] && status=1
[ "$((passed + failed))" -eq 0 ] && { echo "no test ran" >&2; status=1; }
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
