#!/usr/bin/env bash
# Brings what the tests use beyond Python: a browser, its shell that is lighter to drive, and the
# Node package `ws`. Without the shell the browser does all; without the others the tests that need
# them are skipped. So nothing here ends the gate; each miss is told in one line.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly WS_VERSION=8.23.0
readonly WS_FOLDER=.cache/node
readonly LOG=.cache/prepare.log

have() { command -v "$1" >/dev/null 2>&1; }

have_browser() {
    have chromium || have chromium-browser || have google-chrome || have google-chrome-stable
}

# Whether there is one for this system: not everybody packs it, and the lists of packages say so.
lacks_shell() {
    ! have chromium-headless-shell && apt-cache show chromium-headless-shell >/dev/null 2>&1
}

# Package scripts must not wait for an answer, nor for a network that is not there.
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    timeout 300 apt-get update && timeout 900 apt-get install --yes --no-install-recommends "$@"
}

prepare_browser() {
    if [ "$(id -u)" = 0 ] && have apt-get; then
        if ! have_browser; then
            echo 'Installing Debian'\''s chromium for the browser tests ...'
            apt_install chromium chromium-headless-shell >>"$LOG" 2>&1 ||
                have_browser || apt_install chromium >>"$LOG" 2>&1
        elif lacks_shell; then  # it only saves time: not worth waiting long for
            DEBIAN_FRONTEND=noninteractive timeout 120 apt-get install --yes \
                --no-install-recommends chromium-headless-shell >>"$LOG" 2>&1
        fi
    fi
    have_browser || echo 'No browser: browser tests will be skipped (apt-get install chromium).'
}

prepare_ws() {
    local installed="$WS_FOLDER/node_modules/ws/package.json"
    grep -qs "\"version\": \"$WS_VERSION\"" "$installed" && return
    if ! have node || ! have npm; then
        echo 'No Node: its tests will be skipped (apt-get install nodejs npm).'
        return
    fi
    mkdir -p "$WS_FOLDER"
    timeout 120 npm install --prefix "$WS_FOLDER" --no-save --no-package-lock --no-audit --no-fund \
        "ws@$WS_VERSION" >>"$LOG" 2>&1 ||
        echo "ws did not install: Node tests will be skipped (npm install ws@$WS_VERSION)."
}

mkdir -p .cache
: >"$LOG"
prepare_browser
prepare_ws
exit 0
