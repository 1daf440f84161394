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
mkdir -p "$lib/cds"
for tool in recorder analyzer replayer; do
  version=$(TAPEDECK_JAVA_OPTS=-XshowSettings:properties "$bin/$tool" --version 2>&1 >/dev/null |
    sed -n 's/^ *java\.version = //p')
  rm -f "$lib/cds/$tool-$version.jsa"
  TAPEDECK_JAVA_OPTS="-XX:ArchiveClassesAtExit=$lib/cds/$tool-$version.jsa" "$bin/$tool" --help >/dev/null
  chmod 644 "$lib/cds/$tool-$version.jsa"
done
