#!/bin/sh
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: assemble.sh DIST NATIVES JAVA_HOME
# Completes the distribution folder DIST, in whose lib/ the build has put the jars: launchers, native libraries from
# NATIVES (the unpacked jars), completion scripts, class data archives. Run by bin/pom.xml.
set -eu

dist=$1
natives=$2
export JAVA_HOME="$3"
unset TAPEDECK_JAVA_HOME TAPEDECK_JAVA_OPTS
bin=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
root=$(dirname -- "$bin")

mkdir -p "$dist/bin/lib" "$dist/completion"
for tool in recorder analyzer replayer; do
  install -m 755 "$bin/$tool" "$dist/bin/$tool"
done
install -m 644 "$bin/lib/launch.sh" "$bin/lib/privileges.sh" "$dist/bin/lib/"
install -m 755 "$bin/lib/make-archives.sh" "$dist/bin/lib/make-archives.sh"
for document in LICENSE README.md CHANGELOG.md; do
  install -m 644 "$root/$document" "$dist/$document"
done

mkdir -p "$dist/samples"
install -m 644 "$root/samples/captures/simple-get/capture.tape" "$dist/samples/simple-get.tape"

# os.arch of zstd-jni, the CPU name of jffi's folders, which is also what uname -m says, and what DuckDB calls it.
for names in amd64:x86_64:amd64 aarch64:aarch64:arm64; do
  pair=${names%:*}
  arch=${pair#*:}
  mkdir -p "$dist/lib/native/$arch"
  install -m 644 "$natives/linux/${pair%:*}"/libzstd-jni-*.so "$dist/lib/native/$arch/libzstd-jni.so"
  install -m 644 "$natives/jni/$arch-Linux"/libjffi-*.so "$dist/lib/native/$arch/"
  install -m 644 "$natives/libduckdb_java.so_linux_${names##*:}" "$dist/lib/native/$arch/libduckdb_java.so"
done

# Its driver would unpack 70 MB into /tmp at each start, and leave them there when it is killed meanwhile; without them in
# its jar it takes those above.
for duckdb in "$dist"/lib/duckdb_jdbc-*.jar; do
  "$JAVA_HOME/bin/java" "$bin/lib/LeaveOut.java" "$duckdb" libduckdb_java.so
done

# 40 ms of each start, see the class comment.
for picocli in "$dist"/lib/picocli-*.jar; do
  "$JAVA_HOME/bin/java" -cp "$(echo "$dist"/lib/asm-[0-9]*.jar):$picocli" "$bin/lib/ModernizeClasses.java" "$picocli"
done

for tool in recorder analyzer replayer; do
  "$dist/bin/$tool" generate-completion >"$dist/completion/$tool.partial"
  mv "$dist/completion/$tool.partial" "$dist/completion/$tool"
done

"$dist/bin/lib/make-archives.sh"
