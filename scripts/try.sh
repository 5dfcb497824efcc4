#!/usr/bin/env bash
# Publishes the binary to artifacts/execactors, starts a server on a free loopback port, runs a command on it, and stops it again.
# With arguments, runs those as the command.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
bin=artifacts/execactors

echo "building; where a C compiler is there to link native code, that takes some minutes ..."
dotnet publish src/ExecActors.Server -c Release -o "$bin" -v quiet

work=$(mktemp -d)
"$bin/execactors" serve --listen ws://127.0.0.1:0 > "$work/url" 2> "$work/log" &
server=$!
trap 'kill "$server" 2> /dev/null; wait "$server" 2> /dev/null || true; rm -rf "$work"' EXIT

# The server prints its address in one line once it listens.
for _ in $(seq 100); do
  [ -s "$work/url" ] && break
  kill -0 "$server" 2> /dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done
url=$(cat "$work/url")
echo "server: $url (pid $server)"

[ "$#" -gt 0 ] || set -- sh -c 'echo "hello from pid $$ on $(uname -sr), started by its server, pid $PPID"'
echo "\$ execactors run --url $url -- $*"
"$bin/execactors" run --url "$url" -- "$@"
