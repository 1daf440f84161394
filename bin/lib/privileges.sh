# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
#
# What the recorder may do, decided before the JVM starts: a capability that a thread of it once had cannot be
# taken from the other threads any more. Sourced by launch.sh; docs/SECURITY.md says what each capability is for.

# Sets $privileges to a command that runs another with the recorder's capabilities and no others; empty where there is
# nothing to take away, or no right to do so. "$@" are the user's arguments.
choose_privileges() {
  privileges=
  read_capabilities
  # Somebody has chosen already: a unit, a container, a user without privileges.
  [ "$((0x$effective >> 8 & 1))" -eq 1 ] || return 0 # CAP_SETPCAP
  # Busybox has a setpriv too, which cannot do this; doctor says that more is held than needed.
  case $(setpriv --version 2>/dev/null) in
    *util-linux*) ;;
    *) return 0 ;;
  esac
  read_arguments "$@"
  # A command that is recorded must be able to do what it can do without the recorder.
  [ -z "$has_command" ] || return 0

  capabilities=-all,+bpf,+perfmon,+sys_ptrace,+dac_read_search,+checkpoint_restore
  read_kernel_version
  if [ "$kernel" -lt 606 ]; then
    # Without uprobe_multi probes go through perf, which may ask for it: docs/SECURITY.md.
    capabilities=$capabilities,+sys_admin
  fi
  if [ "$kernel" -lt 511 ]; then
    # The ring is counted as locked memory; doctor says so where this is refused.
    ulimit -l unlimited 2>/dev/null || :
  fi
  privileges="setpriv --bounding-set $capabilities --inh-caps -all --ambient-caps -all"
  # Without CAP_DAC_OVERRIDE root cannot write into a user's folder. Who has called sudo there gets files of their own.
  if [ -n "${SUDO_UID:-}" ] && [ "$(id -u)" -eq 0 ] && [ "$(stat -c %u -- "$folder")" = "$SUDO_UID" ]; then
    privileges="setpriv --reuid $SUDO_UID --regid ${SUDO_GID:-$SUDO_UID} --clear-groups"
    privileges="$privileges --bounding-set $capabilities --inh-caps $capabilities --ambient-caps $capabilities"
  fi
}

# Sets $effective to this process's effective capabilities, hexadecimal.
read_capabilities() {
  effective=0
  while read -r key value; do
    if [ "$key" = CapEff: ]; then
      effective=$value
      break
    fi
  done </proc/self/status
}

# Sets $kernel to 100 x major + minor.
read_kernel_version() {
  read -r release </proc/sys/kernel/osrelease
  minor=${release#*.}
  kernel=$((${release%%.*} * 100 + ${minor%%[!0-9]*}))
}

# Sets $has_command where a command to record follows, and $folder to the one that captures are written into.
read_arguments() {
  has_command=
  output=
  while [ $# -gt 0 ]; do
    case $1 in
      --)
        has_command=yes
        break
        ;;
      -o | --output)
        output=${2:-}
        [ $# -lt 2 ] || shift
        ;;
      --output=*) output=${1#--output=} ;;
      -o=*) output=${1#-o=} ;;
      -o*) output=${1#-o} ;;
    esac
    shift
  done
  folder=$output
  if [ ! -d "$folder" ]; then
    case $output in
      */*) folder=${output%/*}/ ;;
      *) folder=. ;;
    esac
  fi
}
