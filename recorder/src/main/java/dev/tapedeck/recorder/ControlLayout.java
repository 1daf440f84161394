// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * Layout of settings, filters and accounts: byte offsets of {@code control.h}, which holds the
 * meaning of each field. A test compares them with the type information of the object.
 */
final class ControlLayout {
  private ControlLayout() {}

  /** {@code struct settings}, the object's only constant. */
  static final class Settings {
    static final int BYTES = 56;
    static final int MAX_BYTES_PER_CALL = 0;
    static final int WAKEUP_BYTES = 8;
    static final int RECORDER_TGID = 16;
    static final int RING = 20;
    static final int TARGETS_ONLY = 24;
    static final int INHERIT = 25;
    static final int PORTS_ONLY = 26;
    static final int SOCKETS_OFF = 27;
    static final int SAMPLE_LIMIT = 28;
    static final int MAX_BYTES_PER_CONNECTION = 32;
    static final int SHEDS = 40;
    static final int WATCH_FILES = 41;
    static final int CGROUPS = 42;
    static final int RING_BYTES = 48;

    private Settings() {}
  }

  /** {@code struct call_convention}, attach cookie and value of map {@code call_conventions}. */
  static final class Convention {
    static final int BYTES = 8;
    static final int CALL = 0;
    static final int DIRECTION = 2;
    static final int EFFECT = 3;
    static final int LENGTH_ARGUMENT = 4;
    static final int LENGTH_BYTES = 5;
    static final int RESULT = 6;
    static final int RESULT_ARGUMENT = 7;

    /** {@code CALL_SLOTS}. */
    static final int SLOTS = 16;

    private Convention() {}
  }

  /** {@code struct target}, value of map {@code targets}. */
  static final class Target {
    static final int BYTES = 8;
    static final int BY = 0;

    /** {@code TARGET_SET}. */
    static final byte SET = 1;

    /** {@code TARGET_COMM}. */
    static final byte COMM = 2;

    /** {@code TARGET_CGROUP}. */
    static final byte CGROUP = 4;

    private Target() {}
  }

  /** {@code struct file_key}, key of map {@code known_files}. */
  static final class FileKey {
    static final int BYTES = 32;
    static final int INODE = 0;
    static final int PROCESS_START_NS = 8;
    static final int DEVICE = 16;
    static final int GENERATION = 20;
    static final int TGID = 24;

    private FileKey() {}
  }

  /** {@code struct loss}, value of map {@code losses}, one for each CPU. */
  static final class Loss {
    static final int BYTES = 16;
    static final int EVENTS = 0;
    static final int LOST_BYTES = 8;

    private Loss() {}
  }

  /** {@code struct budget}, the only value of map {@code budgets}. */
  static final class Budget {
    static final int BYTES = 16;
    static final int LEVEL = 0;
    static final int TLS_FROM = 4;
    static final int SOCKET_FROM = 8;

    private Budget() {}
  }

  /** {@code enum switch_name}: keys of map {@code switches}. */
  static final class Switch {
    static final int SETTLING = 0;
    static final int BOUND = 1;

    private Switch() {}
  }

  /** {@code enum counter}: keys of map {@code counters}. */
  static final class Counter {
    static final int TLS_SESSION = 1;
    static final int SOCKET = 2;
    static final int LOST_NOTICES = 3;

    private Counter() {}
  }

  /** {@code struct tls_key}, key of map {@code tls_sessions}. */
  static final class TlsKey {
    static final int BYTES = 24;
    static final int SSL = 0;
    static final int PROCESS_START_NS = 8;
    static final int TGID = 16;

    private TlsKey() {}
  }

  /** {@code struct tls_session}, value of map {@code tls_sessions}. */
  static final class TlsSession {
    static final int BYTES = 96;
    static final int EGRESS = 0;
    static final int INGRESS = 24;
    static final int GENERATION = 80;

    private TlsSession() {}
  }

  /** {@code struct socket_state}, value of map {@code sockets}. */
  static final class SocketState {
    static final int BYTES = 96;
    static final int EGRESS = 0;
    static final int INGRESS = 24;
    static final int SOCKET = 48;
    static final int PROCESS_START_NS = 56;
    static final int TGID = 72;
    static final int GENERATION = 76;
    static final int PROTOCOL = 80;
    static final int ANNOUNCED = 83;
    static final int CLOSED = 84;
    static final int BOUND = 90;

    /** {@code PROTOCOL_TLS}. */
    static final byte PROTOCOL_TLS = 3;

    private SocketState() {}
  }

  /** {@code struct blind_key}, key of map {@code blind_spots}. */
  static final class BlindKey {
    static final int BYTES = 16;
    static final int SOCKET = 0;
    static final int TGID = 8;
    static final int WHAT = 12;
    static final int DETAIL = 14;

    /** {@code BLIND_KTLS}. */
    static final short WHAT_KTLS = 1;

    /** {@code BLIND_IO_URING}. */
    static final short WHAT_IO_URING = 2;

    /** {@code BLIND_UNHOOKED_TLS}. */
    static final short WHAT_UNHOOKED_TLS = 3;

    /** {@code BLIND_UDP_443}. */
    static final short WHAT_UDP_443 = 4;

    private BlindKey() {}
  }

  /** {@code struct blind_count}, value of map {@code blind_spots}. */
  static final class BlindCount {
    static final int BYTES = 32;
    static final int EGRESS = 0;
    static final int INGRESS = 8;
    static final int PROCESS_START_NS = 16;
    static final int REPORTS = 24;
    static final int GENERATION = 28;

    private BlindCount() {}
  }

  /** {@code struct unsent_end}, value of map {@code unsent_ends}. */
  static final class UnsentEnd {
    static final int BYTES = 88;
    static final int EGRESS = 0;
    static final int INGRESS = 24;
    static final int ID = 48;
    static final int PROCESS_START_NS = 56;
    static final int ENDED_NS = 64;
    static final int TGID = 72;
    static final int KIND = 76;
    static final int CAUSE = 78;

    private UnsentEnd() {}
  }

  /** {@code struct end_key}, key of map {@code unsent_ends}. */
  static final class EndKey {
    static final int BYTES = 8;
    static final int OWNER = 0;
    static final int GENERATION = 4;

    private EndKey() {}
  }

  /** {@code enum loss_cause}: keys of map {@code losses}. */
  static final class LossCause {
    static final int RING_FULL = 1;
    static final int LIFECYCLE = 2;
    static final int READ_FAULT = 3;
    static final int MAP_FULL = 4;
    static final int NO_ENTRY = 5;
    static final int OVER_CAP = 6;
    static final int SHED = 7;
    static final int MISSED = 8;
    static final int NOT_SAMPLED = 9;
    static final int COUNT = 10;

    private LossCause() {}
  }
}
