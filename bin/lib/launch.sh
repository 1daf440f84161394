# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
#
# The one launcher behind bin/recorder, bin/analyzer and bin/replayer. Sourced with $tool and $here (the folder of the
# launcher) set and the user's arguments in "$@". Plain sh and almost no forks: it stands in the start-up time of every command.
#
# Environment: TAPEDECK_JAVA_HOME or JAVA_HOME choose the JDK, TAPEDECK_JAVA_OPTS adds JVM options, TMPDIR is honoured.

fail() {
  printf '%s: %s\n' "$tool" "$1" >&2
  exit 3
}

# The version stands in the JDK's "release" file; asking java itself would double the start-up time.
# Sets java_version, or fails: no such file means that the runtime has to be asked after all.
read_java_version() {
  java_version=
  release=${1%/bin/java}/release
  if [ -r "$release" ]; then
    while IFS='=' read -r key value; do
      if [ "$key" = JAVA_VERSION ]; then
        value=${value#\"}
        java_version=${value%\"}
        break
      fi
    done <"$release"
  fi
  if [ -z "$java_version" ]; then
    java_version=$("$1" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  fi
  java_major=${java_version%%[!0-9]*}
  [ -n "$java_major" ]
}

# Sets java, java_version and java_major to the first runtime that is new enough.
find_java() {
  found=
  for candidate in \
    "${TAPEDECK_JAVA_HOME:+$TAPEDECK_JAVA_HOME/bin/java}" \
    "${JAVA_HOME:+$JAVA_HOME/bin/java}" \
    "$(command -v java)" \
    /usr/lib/jvm/default-java/bin/java \
    /usr/lib/jvm/*/bin/java; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    java=$(readlink -f -- "$candidate")
    read_java_version "$java" || continue
    [ "$java_major" -ge 17 ] && return 0
    found="$found $candidate ($java_version)"
  done
  if [ -n "$found" ]; then
    fail "needs Java 17 or newer, found only$found; install openjdk-17-jre-headless or set JAVA_HOME"
  fi
  fail "needs Java 17 or newer, found none; install openjdk-17-jre-headless or set JAVA_HOME"
}

# In a distribution the jars are beside bin/, in a checkout where the build puts them.
if [ -d "$here/../lib" ]; then
  lib=$here/../lib
else
  lib=$here/target/tapedeck/lib
fi
main_jar=
for jar in "$lib"/tapedeck-"$tool"-[0-9]*.jar; do
  main_jar=$jar
done
if [ ! -f "$main_jar" ]; then
  fail "not built yet: no $lib/tapedeck-$tool-*.jar; run ./verify, or mvn -Pquick -DskipTests package"
fi

find_java

# Sets $signals to a command that runs another with SIGINT as usual, where it is ignored and that can be changed: the
# background jobs of a script have it ignored, and a JVM that starts so could never be ended by it.
choose_signals() {
  signals=
  while read -r key value; do
    if [ "$key" = SigIgn: ]; then
      case $value in
        *[2367abef]) # bit 1
          env --default-signal=INT true 2>/dev/null && signals='env --default-signal=INT'
          ;;
      esac
      break
    fi
  done </proc/self/status
}

command=${1:-}
choose_signals
# Unless the locale is one of UTF-8, and installed, a JVM cannot open files whose names are not ASCII.
case "$tool $*" in
  recorder*) ;;
  *[!\ -~]*) export LC_ALL=C.UTF-8 ;;
esac
privileges=
if [ "$tool" = recorder ]; then
  . "$here/lib/privileges.sh"
  choose_privileges "$@"
fi

# Serial: the smallest footprint and the fastest start. Standard output is for results only: the JVM's own warnings are off
# and what it still has to say goes to standard error. No performance data file in /tmp either.
set -- -XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -XX:+DisplayVMOutputToStderr -jar "$main_jar" "$@"
case $command in
  '' | -* | doctor | generate-completion | help | info | targets)
    # Over before the optimising compiler could pay.
    set -- -XX:TieredStopAtLevel=1 "$@"
    ;;
esac
if [ "$tool" = recorder ]; then
  # A guest on a production host: a small heap that never grows with the traffic, and no second compiler, which takes more
  # of the host than it gives: the work is copying and zstd. The young generation has room for the payload of a block twice,
  # so that it seldom grows old, and the old one gives back what it does not need.
  set -- -Xms32m -Xmx192m -Xmn20m -XX:SurvivorRatio=2 -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20 \
    -XX:ReservedCodeCacheSize=48m -XX:MaxDirectMemorySize=64m "$@"
  case " $* " in
    # Only the second compiler knows the CPU's AES instructions: without it encryption takes 30 ms of CPU for each MiB.
    *' --encrypt-to'[\ =]*) ;;
    *) set -- -XX:TieredStopAtLevel=1 "$@" ;;
  esac
fi
if [ "$java_major" -ge 24 ]; then
  # protobuf and jffi; native access is granted in the jar's manifest, where it doesn't stand in the way of the archive.
  set -- --sun-misc-unsafe-memory-access=allow "$@"
fi
archive=$lib/cds/$tool-$command-$java_version.jsa
[ -f "$archive" ] || archive=$lib/cds/$tool-$java_version.jsa
if [ -f "$archive" ]; then
  set -- -XX:SharedArchiveFile="$archive" -Xshare:auto "$@"
fi
# Native parts are loaded from the build, not from a copy in /tmp, which may be mounted noexec.
native=$lib/native/$(uname -m)
if [ -d "$native" ]; then
  set -- -Djffi.boot.library.path="$native" -DZstdNativePath="$native/libzstd-jni.so" "$@"
  # DuckDB's.
  [ "$tool" != analyzer ] || set -- -Djava.library.path="$native" "$@"
fi
if [ -n "${TMPDIR:-}" ]; then
  set -- -Djava.io.tmpdir="$TMPDIR" "$@"
fi
# Captured traffic is secret; a command that the recorder starts gets the user's own mask back.
set -- -Dtapedeck.umask="$(umask)" "$@"
umask 077

# Unquoted on purpose: lists of words.
# shellcheck disable=SC2086
exec $signals $privileges "$java" ${TAPEDECK_JAVA_OPTS:-} "$@"
