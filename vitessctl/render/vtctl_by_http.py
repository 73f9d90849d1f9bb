"""A client of vtctld for an image that holds none: Vitess 2.1 runs vtctl's commands at `POST /api/vtctl/`, too.

Its body is a list of words, its answer an object of two strings, `Error` and `Output`, each on a line of its own
(upstream: go/vt/vtctld/api.go of v2.1.1). bash opens the connection itself, so nothing needs to be in the image but
that and `cat`. Words are names, aliases and flags, in which nothing has to be escaped.
"""

from __future__ import annotations

SCRIPT = r"""
host=$1 port=$2
shift 2
exec 3<> "/dev/tcp/$host/$port" || exit 1
words=
for word in "$@"; do words="$words,\"$word\""; done
words="[${words#,}]"
printf 'POST /api/vtctl/ HTTP/1.0\r\nHost: %s\r\nContent-Length: %s\r\n\r\n%s' "$host" "${#words}" "$words" >&3
answer=$(cat <&3)
case "$answer" in
  *'"Error": "'*'"Output": "'*) ;;
  *) printf '%s\n' "${answer:-vtctld at $host:$port gave no answer}" >&2; exit 1 ;;
esac
error=${answer#*'"Error": "'} output=${answer#*'"Output": "'}
error=${error%%'",'$'\n'*} output=${output%'"'*}
plain() { printf '%b\n' "${1//\\\"/\"}"; }
plain "$output"
[ -z "$error" ] || { plain "$error" >&2; exit 1; }
""".strip()


def command(host: str, port: int, *words: str) -> tuple[str, ...]:
    """The command line that gives `words` to vtctld: prints what vtctl printed, fails with its error."""
    return ("bash", "-c", SCRIPT, "vtctl", host, str(port), *words)
