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

# train TOOL ARGUMENTS: the classes that this run loads are those that later runs get from the archive. That the run itself
# succeeds is not asked: a host that cannot record still has a recorder that starts.
train() {
  tool=$1
  shift
  version=$(TAPEDECK_JAVA_OPTS=-XshowSettings:properties "$bin/$tool" --version 2>&1 >/dev/null |
    sed -n 's/^ *java\.version = //p')
  archive=$lib/cds/$tool-$version.jsa
  rm -f "$archive"
  TAPEDECK_JAVA_OPTS="-XX:ArchiveClassesAtExit=$archive" "$bin/$tool" "$@" >/dev/null 2>&1 || true
  if [ ! -s "$archive" ]; then
    echo "make-archives: Java $version made no class data archive for $tool; it starts without" >&2
    return
  fi
  chmod 644 "$archive"
}

train recorder doctor
train analyzer exchanges "$sample"
train replayer plan "$sample" --target http://127.0.0.1:9
