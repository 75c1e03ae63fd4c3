#!/usr/bin/env bash
# Installs the Debian packages that the tests use and that are missing. Without apt-get or root it only says what is
# missing; the tests that need it are then skipped, or say so.
set -euo pipefail

missing=()
need() { # need PACKAGE COMMAND…: the package, unless the command succeeds
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
need bubblewrap command -v bwrap
need ca-certificates test -d /etc/ssl/certs
need curl command -v curl
need git command -v git
need procps command -v ps
need python3-venv python3 -c 'import ensurepip, venv'
need util-linux command -v unshare

if [ ${#missing[@]} -eq 0 ]; then
  echo 'All packages are there.'
elif ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. There is no apt-get here; install them by hand to run every test."
elif [ "$(id -u)" -ne 0 ]; then
  echo "Missing: ${missing[*]}. Run this as root to install them: sudo $0"
else
  export DEBIAN_FRONTEND=noninteractive
  apt-get update --quiet
  apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
fi
