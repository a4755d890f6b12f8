#!/usr/bin/env bash
# Installs from Debian what the tests start for themselves: RabbitMQ, PostgreSQL, Dovecot, isync and Chromium; and for the examples
# of the README curl and Node.js, where nobody has put them here.
# Their system daemons are never started: policy-rc.d answers "do not" while the packages are set up.
set -euo pipefail

packages=(rabbitmq-server postgresql dovecot-imapd isync chromium fonts-noto-cjk)
command -v node >/dev/null && command -v npm >/dev/null || packages+=(nodejs npm)
command -v curl >/dev/null || packages+=(curl)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    echo "Not installed: ${missing[*]}. The tests that need them are skipped; to install: sudo apt-get install ${missing[*]}" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
  fi
  sudo=(sudo)
fi
if ! command -v apt-get >/dev/null; then
  echo "Not installed: ${missing[*]}, and there is no apt-get here. The tests that need them are skipped." >&2
  [ "${CI:-}" != true ] || exit 1
  exit 0
fi

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
  "${sudo[@]}" chmod 755 "$policy"
  trap '"${sudo[@]}" rm -f "$policy"' EXIT
fi
echo "Installing ${missing[*]} ..."
"${sudo[@]}" apt-get update -q >/dev/null
# No cluster is made and no unit is enabled: the tests bring their own configuration and ports.
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
  -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null
