#!/usr/bin/env bash
# What has to hold before a change is shared: it builds without a warning, is formatted, and all tests pass.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet restore ExecActors.sln
dotnet build ExecActors.sln -c Release --no-restore -warnaserror
dotnet format ExecActors.sln --verify-no-changes --no-restore
exec ./scripts/test.sh "$@"
