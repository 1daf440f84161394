// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of the events in the ring: byte offsets of {@code events.h} and {@code lifecycle.h}, which
 * hold the meaning of each field. A test compares them with the type information of the object.
 */
public final class EventLayout {
  /** {@code EVENTS_VERSION}. */
  public static final int VERSION = 1;

  /** {@code PART_BYTES_MAX}. */
  public static final int PART_BYTES_MAX = 32_768;

  /** {@code COMM_BYTES}. */
  public static final int COMM_BYTES = 16;

  private EventLayout() {}

  /**
   * {@code struct event_header}.
   *
   * <pre>
   * offset size field                offset size field
   *      0    4 size                     32    4 tgid
   *      4    2 kind                     36    4 tid
   *      6    1 version                  40    4 cpu
   *      7    1 flags                    44    4 ring
   *      8    8 enter_ns                 48    8 sequence
   *     16    8 exit_ns
   *     24    8 process_start_ns
   * </pre>
   */
  public static final class Header {
    public static final int BYTES = 56;
    public static final int SIZE = 0;
    public static final int KIND = 4;
    public static final int VERSION = 6;
    public static final int FLAGS = 7;
    public static final int ENTER_NS = 8;
    public static final int EXIT_NS = 16;
    public static final int PROCESS_START_NS = 24;
    public static final int TGID = 32;
    public static final int TID = 36;
    public static final int CPU = 40;
    public static final int RING = 44;
    public static final int SEQUENCE = 48;

    private Header() {}
  }

  /** {@code struct stream_account}: 24 bytes. */
  public static final class Account {
    public static final int BYTES = 24;
    public static final int NEXT_POSITION = 0;
    public static final int LOST_BYTES = 8;
    public static final int SKIPPED_BYTES = 16;

    private Account() {}
  }

  /** {@code struct data_event}: the header, then {@code struct stream_key}, then the part. */
  public static final class Data {
    public static final int BYTES = 144;
    public static final int STREAM_ID = 56;
    public static final int STREAM_GENERATION = 64;
    public static final int STREAM_OWNER = 68;
    public static final int STREAM_DIRECTION = 69;
    public static final int POSITION = 72;
    public static final int CALL_SEQUENCE = 88;
    public static final int ASKED_BYTES = 96;
    public static final int RETURNED_BYTES = 104;
    public static final int LENGTH_BYTES = 120;
    public static final int PART_INDEX = 128;
    public static final int CALL = 136;
    public static final int CAUSE = 140;

    /** {@code OWNER_TLS}. */
    public static final int OWNER_TLS = 1;

    /** {@code OWNER_SOCKET}. */
    public static final int OWNER_SOCKET = 2;

    /** {@code TRANSFER_CAP}. */
    public static final int CAUSE_CAP = 2;

    private Data() {}
  }

  /** {@code struct socket_event}. */
  public static final class Socket {
    public static final int BYTES = 128;
    public static final int SOCKET = 56;
    public static final int GENERATION = 64;
    public static final int NETNS = 68;
    public static final int FAMILY = 72;
    public static final int LOCAL_PORT = 74;
    public static final int REMOTE_PORT = 76;
    public static final int ROLE = 78;
    public static final int LOCAL_ADDRESS = 80;
    public static final int REMOTE_ADDRESS = 96;
    public static final int FD = 112;
    public static final int PATH_BYTES = 122;

    private Socket() {}
  }

  /** {@code struct close_event}. */
  public static final class Close {
    public static final int BYTES = 120;
    public static final int SOCKET = 56;
    public static final int GENERATION = 64;
    public static final int EGRESS = 72;
    public static final int INGRESS = 96;

    private Close() {}
  }

  /** {@code struct tls_event}. */
  public static final class Tls {
    public static final int BYTES = 128;
    public static final int SSL = 56;
    public static final int GENERATION = 64;
    public static final int EGRESS = 80;
    public static final int INGRESS = 104;

    private Tls() {}
  }

  /** {@code struct tls_binding_event}. */
  public static final class Binding {
    public static final int BYTES = 88;
    public static final int SSL = 56;
    public static final int SOCKET = 64;
    public static final int TLS_GENERATION = 72;
    public static final int SOCKET_GENERATION = 76;
    public static final int FD = 80;
    public static final int CALL = 84;
    public static final int METHOD = 86;
    public static final int DIRECTIONS = 87;

    /** {@code BINDING_SET_FD}. */
    public static final int METHOD_SET_FD = 1;

    /** {@code BINDING_NESTED}. */
    public static final int METHOD_NESTED = 2;

    private Binding() {}
  }

  /** {@code struct process_event}. */
  public static final class ProcessLife {
    public static final int BYTES = 104;
    public static final int PARENT_START_NS = 56;
    public static final int PARENT_TGID = 72;
    public static final int EXIT_CODE = 80;
    public static final int PATH_BYTES = 84;
    public static final int COMM = 88;

    private ProcessLife() {}
  }

  /** {@code enum event_kind}. */
  public static final class Kind {
    public static final int PROCESS_EXEC = 1;
    public static final int PROCESS_FORK = 2;
    public static final int PROCESS_EXIT = 3;
    public static final int CONNECT = 5;
    public static final int ACCEPT = 6;
    public static final int EXISTING = 7;
    public static final int CLOSE = 9;
    public static final int DATA = 10;
    public static final int TRANSFER = 11;
    public static final int TLS_NEW = 13;
    public static final int TLS_CLEAR = 15;
    public static final int TLS_SHUTDOWN = 16;
    public static final int TLS_FREE = 17;
    public static final int TLS_BINDING = 18;

    private Kind() {}
  }

  /** {@code enum call}. */
  public static final class Call {
    public static final int SSL_READ = 1;
    public static final int SSL_WRITE = 2;
    public static final int SSL_READ_EX = 3;
    public static final int SSL_WRITE_EX = 4;
    public static final int SSL_WRITE_EX2 = 5;
    public static final int SSL_SET_FD = 20;
    public static final int SSL_SET_RFD = 21;
    public static final int SSL_SET_WFD = 22;
    public static final int READ = 64;
    public static final int WRITE = 65;
    public static final int READV = 66;
    public static final int WRITEV = 67;
    public static final int RECVFROM = 68;
    public static final int SENDTO = 69;
    public static final int RECVMSG = 70;
    public static final int SENDMSG = 71;
    public static final int RECVMMSG = 72;
    public static final int SENDMMSG = 73;
    public static final int SENDFILE = 74;
    public static final int SPLICE = 75;

    private Call() {}
  }
}
