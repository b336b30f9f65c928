# What tools/demo, tools/test and tools/size share: finding the tree, installing what is missing, building.
# Sourced by bash scripts; does nothing by itself.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD

# Debian's and Ubuntu's names. The first line builds the library and the command with every codec, the
# second is for tools/test alone.
BUILD_PACKAGES=(g++ meson ninja-build pkg-config python3 zlib1g-dev libdeflate-dev libzstd-dev liblz4-dev
  libbrotli-dev libcurl4-openssl-dev doctest-dev)
TEST_PACKAGES=(clang clang-format cmake binutils git libsnappy-dev)

jobs_of() { nproc 2>/dev/null || echo 2; }

bold() {
  if [[ -t 1 && -z ${NO_COLOR:-} ]]; then printf '\033[1m%s\033[0m\n' "$*"; else printf '%s\n' "$*"; fi
}

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Installs what is missing of the packages named, or says how to and fails. Where there is no apt-get it only
# says what the names are: Meson then tells what it does not find.
need() {
  local missing=() package
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    local tool absent=()
    for tool in meson ninja c++ python3; do command -v "$tool" >/dev/null || absent+=("$tool"); done
    if ((${#absent[@]})); then
      echo "Not found: ${absent[*]}. Without apt-get, please install what your system calls: $*" >&2
      return 1
    fi
    return 0
  fi
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    printf 'Missing packages. Please run:\n\n    sudo apt-get install -y --no-install-recommends %s\n\n' "${missing[*]}" >&2
    return 1
  fi
  echo "Installing ${missing[*]}"
  apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# configure DIR [meson options]: sets up, or brings an older build directory to these options.
configure() {
  local dir=$1 log again=()
  shift
  if [[ -f $dir/build.ninja ]]; then
    # Options that are newer than the directory are known after it is set up again.
    meson configure "$dir" "$@" >/dev/null 2>&1 && return
    again=(--reconfigure)
  fi
  log=$(mktemp)
  meson setup "${again[@]}" "$dir" "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; return 1; }
  rm -f "$log"
}

# compile DIR [targets]: quiet unless it fails.
compile() {
  local dir=$1 log
  shift
  log=$(mktemp)
  if ! ninja -C "$dir" -j "$(jobs_of)" "$@" >"$log" 2>&1; then
    if grep -q '^FAILED:' "$log"; then sed -n '/^FAILED:/,$p' "$log"; else cat "$log"; fi |
      grep -vE '^\[[0-9]+/[0-9]+\] (Compiling|Linking|Generating)' | head -80 >&2
    rm -f "$log"
    return 1
  fi
  if grep -q 'warning:' "$log"; then grep -B6 -A4 'warning:' "$log" | head -80; fi
  rm -f "$log"
}
