#!/bin/sh
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes the class data archives (AppCDS) that shorten every start by some 100 ms. An archive is bound to one JDK and to the
# path and time of the jars, so it is made where the tools stand: by the build, and once after unpacking a
# distribution. Without it, or with a stale one, the tools start all the same.
set -eu

bin=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
lib=$bin/../lib
[ -d "$lib" ] || lib=$bin/target/tapedeck/lib
sample=$lib/../samples/simple-get.tape
mkdir -p "$lib/cds"

# choose_archive TOOL NAME: sets $archive to where that archive goes, and removes it and the one that the tool would use
# instead: none can be made while one is in use.
choose_archive() {
  version=$(TAPEDECK_JAVA_OPTS=-XshowSettings:properties "$bin/$1" --version 2>&1 >/dev/null |
    sed -n 's/^ *java\.version = //p')
  archive=$lib/cds/$2-$version.jsa
  rm -f "$archive" "$lib/cds/$1-$version.jsa"
}

check_archive() {
  if [ ! -s "$archive" ]; then
    echo "make-archives: Java $version made no class data archive for $1; it starts without" >&2
    return
  fi
  chmod 644 "$archive"
}

# train TOOL NAME ARGUMENTS: the classes that this run loads are those that later runs get from the archive. That the run
# itself succeeds is not asked: a host that cannot record still has a recorder that starts.
train() {
  choose_archive "$1" "$2"
  tool=$1 name=$2
  shift 2
  TAPEDECK_JAVA_OPTS="-XX:ArchiveClassesAtExit=$archive" "$bin/$tool" "$@" >/dev/null 2>&1 || true
  check_archive "$name"
}

# ask PATH: has the server of $url answer.
ask() {
  bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n" \
    "$2" "$1" >&3 && timeout 10 cat <&3' ask "$port" "/$token/$1" >/dev/null 2>&1 || true
}

# The page, which opens at once only if its first answers are in the archive too: the second start, with an index.
train_page() {
  work=$(mktemp -d)
  cp "$sample" "$work/sample.tape"
  choose_archive analyzer analyzer-serve
  for options in '' "-XX:ArchiveClassesAtExit=$archive"; do
    : >"$work/url"
    TAPEDECK_JAVA_OPTS=$options "$bin/analyzer" serve "$work/sample.tape" >"$work/url" 2>/dev/null &
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      [ ! -s "$work/url" ] || break
      sleep 0.5
    done
    url=$(cat "$work/url")
    port=${url#http://*:}
    port=${port%%/*}
    token=${url%/}
    token=${token##*/}
    for path in '' app.js style.css icon.svg api/status 'api/view?filter=&sort=&page=a' 'api/rows?view=0&from=0&count=200' \
      'api/timeline?view=0' 'api/view?filter=status%20%3E%20200&sort=-duration&page=a' 'api/exchange?n=0' 'api/body?n=0&of=response'; do
      ask "$path"
    done
    kill $! 2>/dev/null || true
    wait $! || true
  done
  rm -rf "$work"
  check_archive analyzer-serve
}

train_page
train analyzer analyzer-query query "$sample" 'SELECT method, status, count(*) FROM exchanges GROUP BY ALL'
train analyzer analyzer exchanges "$sample"
train recorder recorder doctor
train replayer replayer plan "$sample" --target http://127.0.0.1:9
