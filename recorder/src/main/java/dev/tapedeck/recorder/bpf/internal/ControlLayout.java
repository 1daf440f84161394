// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of settings, filters and accounts: byte offsets of {@code control.h}, which holds the
 * meaning of each field. A test compares them with the type information of the object.
 */
public final class ControlLayout {
  private ControlLayout() {}

  /** {@code struct settings}, the object's only constant. */
  public static final class Settings {
    public static final int BYTES = 32;
    public static final int MAX_BYTES_PER_CALL = 0;
    public static final int WAKEUP_BYTES = 8;
    public static final int RECORDER_TGID = 16;
    public static final int RING = 20;
    public static final int TARGETS_ONLY = 24;
    public static final int INHERIT = 25;
    public static final int PORTS_ONLY = 26;
    public static final int SOCKETS_OFF = 27;

    private Settings() {}
  }

  /** {@code struct target}, value of map {@code targets}. */
  public static final class Target {
    public static final int BYTES = 8;
    public static final int BY = 0;

    /** {@code TARGET_SET}. */
    public static final byte SET = 1;

    /** {@code TARGET_COMM}. */
    public static final byte COMM = 2;

    private Target() {}
  }

  /** {@code struct loss}, value of map {@code losses}, one for each CPU. */
  public static final class Loss {
    public static final int BYTES = 16;
    public static final int EVENTS = 0;
    public static final int LOST_BYTES = 8;

    private Loss() {}
  }

  /** {@code struct tls_key}, key of map {@code tls_sessions}. */
  public static final class TlsKey {
    public static final int BYTES = 24;
    public static final int SSL = 0;
    public static final int PROCESS_START_NS = 8;
    public static final int TGID = 16;

    private TlsKey() {}
  }

  /** {@code struct tls_session}, value of map {@code tls_sessions}. */
  public static final class TlsSession {
    public static final int BYTES = 80;
    public static final int EGRESS = 0;
    public static final int INGRESS = 24;
    public static final int GENERATION = 64;

    private TlsSession() {}
  }

  /** {@code struct socket_state}, value of map {@code sockets}. */
  public static final class SocketState {
    public static final int BYTES = 120;
    public static final int EGRESS = 0;
    public static final int INGRESS = 24;
    public static final int SOCKET = 48;
    public static final int PROCESS_START_NS = 56;
    public static final int TGID = 72;
    public static final int GENERATION = 76;
    public static final int ANNOUNCED = 83;
    public static final int CLOSED = 84;

    private SocketState() {}
  }

  /** {@code enum loss_cause}: keys of map {@code losses}. */
  public static final class LossCause {
    public static final int RING_FULL = 1;
    public static final int LIFECYCLE = 2;
    public static final int READ_FAULT = 3;
    public static final int MAP_FULL = 4;
    public static final int NO_ENTRY = 5;
    public static final int OVER_CAP = 6;
    public static final int COUNT = 7;

    private LossCause() {}
  }
}
