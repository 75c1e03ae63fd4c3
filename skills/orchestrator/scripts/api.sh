#!/bin/sh
# Calls the orchestrator's API: api.sh METHOD PATH [BODY | - | @FILE]
# The body of the answer goes to stdout, also when it is an error; then one line goes to stderr, and the exit code is 1.
# URL:   TUTTI_URL, else the server that runs from TUTTI_HOME (~/.tutti), else http://127.0.0.1:8700
# Token: TUTTI_ADMIN_TOKEN for admin routes, else TUTTI_TOKEN, else the one in TUTTI_HOME
set -u

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# The first string of that name in a JSON document.
field() {
  awk -v name="\"$1\"[ \t]*:[ \t]*\"" '
    { text = text $0 " " }
    END {
      if (!match(text, name)) exit
      for (at = RSTART + RLENGTH; at <= length(text); at++) {
        char = substr(text, at, 1)
        if (char == "\"") break
        if (char == "\\") char = substr(text, ++at, 1)
        value = value char
      }
      print value
    }'
}

[ $# -eq 2 ] || [ $# -eq 3 ] || fail 'usage: api.sh METHOD PATH [BODY | - | @FILE]'
method=$1
path=$2
command -v curl >/dev/null 2>&1 || fail 'api.sh needs curl'
case $method in
  GET | POST | PATCH | DELETE) ;;
  *) fail "METHOD must be GET, POST, PATCH or DELETE, not \"$method\"" ;;
esac
case $path in
  *[[:space:]\"\\]*) fail "PATH must hold no spaces, quotes or backslashes: $path" ;;
  /*) ;;
  *) fail "PATH must begin with /, as in /orchestrate/jobs: $path" ;;
esac

home=${TUTTI_HOME:-${HOME:-}/.tutti}
running=
[ ! -r "$home/server.json" ] || running=$(field url <"$home/server.json")
url=${TUTTI_URL:-${running:-http://127.0.0.1:8700}}
url=${url%/}

admin=${TUTTI_ADMIN_TOKEN:-${ARW_ADMIN_TOKEN:-}}
token=
case "$method $path" in
  'POST /orchestrator/'*) token=$admin ;;
esac
token=${token:-${TUTTI_TOKEN:-}}
if [ -z "$token" ] && [ -r "$home/token" ]; then
  # The home's token is for the server of this home: it goes to no other machine.
  case "$url/" in
    "$running/" | http://127.* | http://localhost[:/]* | 'http://[::1]'*) token=$(cat "$home/token") ;;
  esac
fi
token=${token:-$admin}
case $url$token in
  *[[:space:]\"\\]*) fail 'the URL or the token holds a space, a quote or a backslash' ;;
esac

work=$(mktemp -d) || fail 'no temporary folder can be made'
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# By a file of our own and not by arguments: those show in the list of processes.
umask 077
{
  printf 'url = "%s"\n' "$url$path"
  printf 'request = "%s"\n' "$method"
  printf 'output = "%s"\n' "$work/body"
  [ -z "$token" ] || printf 'header = "Authorization: Bearer %s"\n' "$token"
  if [ $# -eq 3 ] || [ "$method" = POST ] || [ "$method" = PATCH ]; then
    printf 'header = "Content-Type: application/json"\n'
    printf 'data-binary = "@%s"\n' "$work/sent"
  fi
} >"$work/config"

sent={}
[ $# -eq 2 ] || sent=$3
case $sent in
  -) cat >"$work/sent" ;;
  @*)
    file=${3#@}
    [ -r "$file" ] || fail "there is no file $file"
    cat "$file" >"$work/sent"
    ;;
  *) printf '%s' "$sent" >"$work/sent" ;;
esac

: >"$work/body"
status=$(curl --silent --show-error --globoff --noproxy '127.0.0.1,localhost,::1' --max-time 70 \
  --write-out '%{http_code}' --config "$work/config" 2>"$work/error")
code=$?
case $code in
  0) ;;
  7) fail "No server answers at $url. Start one with \"npm start\" (tutti up) in Tutti's folder, or name another with TUTTI_URL." ;;
  28)
    cat "$work/body"
    fail "The answer of $url was not complete after 70 seconds."
    ;;
  *) fail "$url: $(cat "$work/error")" ;;
esac

cat "$work/body"
case $status in
  2*) exit 0 ;;
esac
name=$(field code <"$work/body")
detail=$(field detail <"$work/body")
fail "HTTP $status ${name:-error}: ${detail:-$(tr '\n' ' ' <"$work/body" | cut -c1-200)}"
